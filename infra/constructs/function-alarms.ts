import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { type Alarms, stillLoggedIn } from './alarms.ts';
import { whichIn } from './dashboard.ts';
import { mostMetricsInAlarm, sumOfMetrics } from './logout-metrics.ts';
import type { ServiceFunction } from './service-function.ts';

type Kind = {
  readonly name: string;
  readonly metricOf: (service: ServiceFunction) => IMetric;
  readonly what: string;
  /** The graph that names the function. */
  readonly graph: Parameters<typeof whichIn>[1];
};

const kinds: readonly Kind[] = [
  {
    name: 'function-failed',
    metricOf: (service) => service.metricFailed(),
    what: 'A function crashed or timed out, or Lambda gave up an event for it.',
    graph: 'errors',
  },
  {
    name: 'function-throttled',
    metricOf: (service) => service.function.metricThrottles(),
    what: 'Lambda refused to invoke a function, because too many copies were running.',
    graph: 'throttles',
  },
];

const inGroups = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  items.length <= size ? [items] : [items.slice(0, size), ...inGroups(items.slice(size), size)];

/**
 * An alarm for failures and one for throttling, each over every function but the durable ones, whose own alarms count both
 * (`DurableFunction.metricTrouble`). An alarm takes ten metrics, so the eleventh function starts a second pair.
 *
 * A query of Metrics Insights has no such limit, but cannot name several functions: `WHERE` knows `=`, `!=` and `AND`. It can
 * select by a tag only in an account that has enabled tags for telemetry, and else watches all functions of the account.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 *
 * @param dashboard its name
 */
export const addFunctionAlarms = (alarms: Alarms, functions: readonly ServiceFunction[], dashboard: string): void => {
  const invoked = functions.filter(({ invocation }) => invocation !== 'durable');
  for (const { name, metricOf, what, graph } of kinds)
    for (const [index, group] of inGroups(invoked, mostMetricsInAlarm).entries())
      alarms.add(index === 0 ? name : `${name}-${index + 1}`, {
        metric: sumOfMetrics(name, Object.fromEntries(group.map((service) => [service.name, metricOf(service)]))),
        impact: `${what} ${whichIn(dashboard, graph)} ${stillLoggedIn}`,
        section: name,
      });
};
