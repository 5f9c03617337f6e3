import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { metricDimension, metricNames, metricNamespace } from '../../functions/runtime/metrics.ts';

/** The doors that log instances out. */
export type EvidenceDoor = 'logout' | 'run';

/** What the evidence of one door says in figures. */
export const logoutMetric = (door: EvidenceDoor, what: keyof typeof metricNames, statistic: string): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName: metricNames[what],
    dimensionsMap: { [metricDimension]: door },
    statistic,
  });
