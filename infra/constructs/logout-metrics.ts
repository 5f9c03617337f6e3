import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { providerMetricNames } from '../../functions/identity-providers/provider-metrics.ts';
import { metricNames } from '../../functions/logout/evidence.ts';
import { metricDimensions, metricNamespace } from '../../functions/platform/metrics.ts';
import { type EventFunctionName, failedEventsMetric } from '../../functions/runs/failed-events.ts';
import { runMetricNames } from '../../functions/runs/run-metrics.ts';
import { linkedAgainMetric, watchUnreadMetric } from '../../functions/watch/watch-evidence.ts';
import type { LogoutMetricOptions } from './green-api-logout-props.ts';

/** The metrics that one deployment writes into its logs. */
export class LogoutMetrics {
  readonly #name: string;

  /** @param name the deployment's */
  constructor(name: string) {
    this.#name = name;
  }

  of(metric: keyof typeof metricNames, options: LogoutMetricOptions = {}): Metric {
    return this.#create(metricNames[metric], options);
  }

  /** The number of runs that ended in this way. */
  ofRuns(metric: keyof typeof runMetricNames): Metric {
    return this.#create(runMetricNames[metric]);
  }

  /** What makes it uncertain whether everything of a leaver is logged out. */
  ofUncertainLeavers(): Readonly<Record<string, Metric>> {
    return {
      unreadableSecrets: this.ofRuns('unreadableSecrets'),
      leaverProtected: this.ofRuns('leaverProtected'),
      scheduleFoundNobody: this.ofRuns('scheduleFoundNobody'),
      ownerRenamed: this.#create(providerMetricNames.ownerRenamed),
    };
  }

  /** The number of instances that were linked again after a confirmed logout. */
  ofLinkedAgain(): Metric {
    return this.#create(linkedAgainMetric);
  }

  /** The number of watched instances that cannot be read. */
  ofWatchUnread(): Metric {
    return this.#create(watchUnreadMetric);
  }

  /** The number of events that started no run, or not every run. */
  ofFailedEvents(by: EventFunctionName): Metric {
    return this.#create(failedEventsMetric, { function: by });
  }

  #create(
    metricName: string,
    { function: by, ...options }: MetricOptions & { readonly function?: string | undefined } = {},
  ): Metric {
    return new Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap: {
        [metricDimensions.stack]: this.#name,
        ...(by !== undefined && { [metricDimensions.function]: by }),
      },
      statistic: 'Sum',
      ...options,
    });
  }
}
