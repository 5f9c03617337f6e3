/** The namespace of every metric in CloudWatch. */
export const metricNamespace = 'green-api-logout';

/** The members of a log line that its metrics are counted by. */
export const metricDimensions = { stack: 'stack', function: 'function' } as const;

/**
 * Members that make CloudWatch read a log line as metrics too (embedded metric format).
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param figures by the names of the metrics; milliseconds if the name ends in `Ms`
 * @param dimensions members that the line gets, besides those that it has
 * @param sets the members by which each figure is counted @default all `dimensions` together
 */
export const embeddedMetrics = (
  figures: Readonly<Record<string, number>>,
  dimensions: Readonly<Record<string, string>>,
  at: Date,
  sets: readonly (readonly string[])[] = [Object.keys(dimensions)],
): object => ({
  ...dimensions,
  ...figures,
  _aws: {
    Timestamp: at.getTime(),
    CloudWatchMetrics: [
      {
        Namespace: metricNamespace,
        Dimensions: sets,
        Metrics: Object.keys(figures).map((Name) => ({ Name, Unit: Name.endsWith('Ms') ? 'Milliseconds' : 'Count' })),
      },
    ],
  },
});

/** Figures of the deployment. */
export const stackMetrics = (figures: Readonly<Record<string, number>>, stack: string, at: Date): object =>
  embeddedMetrics(figures, { [metricDimensions.stack]: stack }, at);

/** Figures of a line that has a member `function`: they are counted for the function and for the deployment. */
export const functionMetrics = (figures: Readonly<Record<string, number>>, stack: string, at: Date): object =>
  embeddedMetrics(figures, { [metricDimensions.stack]: stack }, at, [
    [metricDimensions.stack, metricDimensions.function],
    [metricDimensions.stack],
  ]);
