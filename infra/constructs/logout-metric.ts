import { Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { metricDimensions, metricNames, metricNamespace } from '../../functions/logout/evidence.ts';

/** The functions that log instances out. */
export type EvidenceFunction = 'logout' | 'run';

/** What the evidence of one function of the stack says in figures. */
export const logoutMetric = (
  scope: Construct,
  functionName: EvidenceFunction,
  what: keyof typeof metricNames,
  statistic: string,
): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName: metricNames[what],
    dimensionsMap: { [metricDimensions.stack]: Stack.of(scope).stackName, [metricDimensions.function]: functionName },
    statistic,
  });
