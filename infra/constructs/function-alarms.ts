import { type Alarms, stillLoggedIn } from './alarms.ts';
import { whichIn } from './dashboard.ts';
import { mostMetricsInAlarm, sumOfMetrics } from './logout-metrics.ts';
import type { ServiceFunction } from './service-function.ts';

const kinds = [
  {
    name: 'function-failed',
    metricOf: (service: ServiceFunction) => service.metricFailed(),
    what: 'A function crashed or timed out, or Lambda gave up an event for it.',
    graph: 'errors',
  },
  {
    name: 'function-throttled',
    metricOf: (service: ServiceFunction) => service.function.metricThrottles(),
    what: 'Lambda refused to invoke a function, because too many copies were running.',
    graph: 'throttles',
  },
] as const;

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
    for (let start = 0; start < invoked.length; start += mostMetricsInAlarm) {
      const group = invoked.slice(start, start + mostMetricsInAlarm);
      alarms.add(start === 0 ? name : `${name}-${start / mostMetricsInAlarm + 1}`, {
        metric: sumOfMetrics(name, Object.fromEntries(group.map((service) => [service.name, metricOf(service)]))),
        impact: `${what} ${whichIn(dashboard, graph)} ${stillLoggedIn}`,
        section: name,
      });
    }
};
