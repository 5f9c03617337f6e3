import { Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { metricDimensions, metricNames, metricNamespace } from '../../functions/logout/evidence.ts';

/** The doors that log instances out. */
export type EvidenceDoor = 'logout' | 'run';

/** What the evidence of one door of the stack says in figures. */
export const logoutMetric = (
  scope: Construct,
  door: EvidenceDoor,
  what: keyof typeof metricNames,
  statistic: string,
): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName: metricNames[what],
    dimensionsMap: { [metricDimensions.stack]: Stack.of(scope).stackName, [metricDimensions.door]: door },
    statistic,
  });
