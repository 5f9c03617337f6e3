import type { Evidence } from '../logout/evidence.ts';
import { isFailure } from '../logout/outcome.ts';

/** Where the metrics stand in CloudWatch; the dashboard and the alarms read the same names. */
export const metricNamespace = 'green-api-logout';
export const metricNames = { confirmed: 'confirmed', failed: 'failed', timeToLogout: 'timeToLogoutMs' } as const;
export const metricDimensions = { stack: 'stack', door: 'door' } as const;

/**
 * The members that make CloudWatch read an evidence record as metrics too (embedded metric format), so that a figure and the
 * record behind it are one line and cannot disagree.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const metricsOf = ({ outcome, timeToLogoutMs }: Evidence, stack: string, at: Date): object => ({
  [metricDimensions.stack]: stack,
  [metricNames.confirmed]: Number(outcome.confirmed),
  [metricNames.failed]: Number(isFailure(outcome)),
  _aws: {
    Timestamp: at.getTime(),
    CloudWatchMetrics: [
      {
        Namespace: metricNamespace,
        Dimensions: [[metricDimensions.stack, metricDimensions.door]],
        Metrics: [
          { Name: metricNames.confirmed, Unit: 'Count' },
          { Name: metricNames.failed, Unit: 'Count' },
          ...(timeToLogoutMs === undefined ? [] : [{ Name: metricNames.timeToLogout, Unit: 'Milliseconds' }]),
        ],
      },
    ],
  },
});
