import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

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
