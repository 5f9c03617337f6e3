import { type IMetric, MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { providerMetricNames, refusalMetric } from '../../functions/identity-providers/provider-metrics.ts';
import { metricNames } from '../../functions/logout/evidence.ts';
import { metricDimensions, metricNamespace } from '../../functions/platform/metrics.ts';
import { failedEventsMetric } from '../../functions/runs/failed-events.ts';
import { runMetricNames } from '../../functions/runs/run-metrics.ts';
import { linkedAgainMetric, watchUnreadMetric } from '../../functions/watch/watch-evidence.ts';

/** Requests to the desk that were refused. Its page asks for another token before one expires, so that people cause few. */
export const deskRefusalMetric = 'deskRefused';

const names = {
  ...metricNames,
  ...runMetricNames,
  ...providerMetricNames,
  failedEvents: failedEventsMetric,
  linkedAgain: linkedAgainMetric,
  watchUnread: watchUnreadMetric,
  refused: refusalMetric,
  deskRefused: deskRefusalMetric,
} as const;

/** The metrics that one deployment writes into its logs. */
export class LogoutMetrics {
  readonly #name: string;

  /** @param name the deployment's */
  constructor(name: string) {
    this.#name = name;
  }

  /** @param dimensions besides the deployment @returns the sum over 5 minutes, unless the options say otherwise */
  of(metric: keyof typeof names, dimensions: Readonly<Record<string, string>> = {}, options?: MetricOptions): Metric {
    return new Metric({
      namespace: metricNamespace,
      metricName: names[metric],
      dimensionsMap: { [metricDimensions.stack]: this.#name, ...dimensions },
      statistic: 'Sum',
      ...options,
    });
  }

  /** What makes it uncertain whether everything of a leaver is logged out. */
  ofUncertainLeavers(): Readonly<Record<string, Metric>> {
    return Object.fromEntries(
      (['unreadableSecrets', 'leaverProtected', 'scheduleFoundNobody', 'ownerRenamed'] as const).map((name) => [
        name,
        this.of(name),
      ]),
    );
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html */
export const mostMetricsInAlarm = 10;

/**
 * The sum of metrics, for an alarm. `+` counts a metric without data as 0; without data of any metric there is no sum. `FILL`
 * is not used: it makes up a newest value, and a metric that arrives late is then never seen.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * @param metrics by names in kebab case
 */
export const sumOfMetrics = (label: string, metrics: Readonly<Record<string, IMetric>>): IMetric => {
  const usingMetrics = Object.fromEntries(
    Object.entries(metrics).map(([name, metric]) => [name.replaceAll('-', '_'), metric]),
  );
  return new MathExpression({ expression: Object.keys(usingMetrics).join(' + '), usingMetrics, label });
};
