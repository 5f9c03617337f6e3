import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { metricDimensions, metricNames, metricNamespace } from '../../functions/logout/evidence.ts';

export type LogoutMetricOptions = MetricOptions & {
  /** Only the logouts of this function. @default all logouts of the deployment */
  readonly function?: 'logout' | 'run';
};

/** The metrics that the evidence of one deployment holds. */
export class LogoutMetrics {
  readonly #name: string;

  /** @param name the deployment's */
  constructor(name: string) {
    this.#name = name;
  }

  of(metric: keyof typeof metricNames, { function: by, ...options }: LogoutMetricOptions = {}): Metric {
    return new Metric({
      namespace: metricNamespace,
      metricName: metricNames[metric],
      dimensionsMap: {
        [metricDimensions.stack]: this.#name,
        ...(by !== undefined && { [metricDimensions.function]: by }),
      },
      statistic: 'Sum',
      ...options,
    });
  }
}
