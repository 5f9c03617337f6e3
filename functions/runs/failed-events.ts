import type { Log } from '../platform/log.ts';
import { embeddedMetrics, metricDimensions } from '../platform/metrics.ts';
import { errorNameOf } from '../platform/unknown-values.ts';

/** Metric of the events that started no run, or not every run. It has the dimensions of the logouts' metrics. */
export const failedEventsMetric = 'failedEvents';

type EventFunctionName = 'schedule' | 'offboarding';

type FailedEventsDependencies = {
  readonly log: Log;
  readonly stack: string;
  readonly functionName: EventFunctionName;
  readonly now: () => Date;
};

/** Names of errors whose message never quotes the event. */
const quotable: readonly string[] = ['InvalidEvent', 'UnknownEvent', 'UserNotRead', 'InvalidRequest', 'RunNotStarted'];

const describe = (error: unknown): object => ({
  error: errorNameOf(error),
  ...(error instanceof Error && quotable.includes(error.name) && { detail: error.message }),
});

/**
 * A middleware that logs and counts an event that failed. The error goes on to Lambda, which delivers the event again and in
 * the end keeps it. The queue that keeps it reports its messages up to 15 minutes late; this metric is there at once.
 */
export const reportFailedEvents = ({ log, stack, functionName, now }: FailedEventsDependencies) => ({
  onError: ({ error }: { readonly error: unknown }): void => {
    const dimensions = { [metricDimensions.stack]: stack, [metricDimensions.function]: functionName };
    const metrics = embeddedMetrics({ [failedEventsMetric]: 1 }, dimensions, now());
    log('ERROR', 'event failed', { ...describe(error), ...metrics });
  },
});
