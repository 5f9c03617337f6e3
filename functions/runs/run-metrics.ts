import { embeddedMetrics, metricDimensions } from '../logout/evidence.ts';
import type { Log } from '../platform/log.ts';
import type { RunEnd } from './conclude.ts';
import type { RunIdentity } from './request.ts';

/** The metrics of ended runs in CloudWatch, used by the dashboard and the alarms too. Each is 1 for such a run, otherwise 0. */
export const runMetricNames = {
  /** The run logged nobody out, because every instance was protected, excepted or unknown. */
  nobodyLoggedOut: 'nobodyLoggedOut',
  /** The target included no instance: normal for a person who has none, but also the sign of a misspelt tag. */
  noInstance: 'noInstance',
  /** A drill found instances that could not be logged out. */
  failedDrill: 'failedDrill',
} as const;

const figuresOf = ({ summary, failure }: RunEnd, isDrill: boolean) => ({
  [runMetricNames.nobodyLoggedOut]: Number(failure?.type === 'NobodyLoggedOut' && !isDrill),
  [runMetricNames.noInstance]: Number(failure === undefined && summary.progress.total === 0),
  [runMetricNames.failedDrill]: Number(isDrill && failure !== undefined),
});

/** Writes one line about the end of a run, which is its metrics too. A crash right after it may repeat it. */
export const createLogRunEnd =
  (log: Log, stack: string, now: () => Date) =>
  ({ id, request }: RunIdentity, end: RunEnd): void => {
    const { failure, summary } = end;
    const { source, dryRun = false } = request;
    const facts = { run: id, source, dryRun, failure: failure?.type, progress: summary.progress, note: summary.note };
    const metrics = embeddedMetrics(figuresOf(end, dryRun), { [metricDimensions.stack]: stack }, now());
    log(failure === undefined ? 'INFO' : 'WARN', 'run ended', { ...facts, ...metrics });
  };
