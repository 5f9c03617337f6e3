import { Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { metricDimensions } from '../../functions/platform/metrics.ts';
import type { AuthorizedApi } from './authorized-api.ts';
import type { Deployment } from './deployment.ts';
import type { DurableFunction } from './durable-function.ts';
import type { LogoutMetrics } from './logout-metrics.ts';
import { functionsIn, type ServiceFunction } from './service-function.ts';

type Parts = Pick<Deployment, 'settings' | 'metrics'> & {
  readonly api: AuthorizedApi;
  readonly run: { readonly durable: DurableFunction };
  readonly watch: { readonly durable: DurableFunction };
};

/** The titles of graphs that the texts of alarms name. */
const titles = {
  runs: 'Runs',
  watches: 'Watches',
  uncertain: 'What is uncertain of leavers',
  errors: 'Errors by function',
  throttles: 'Throttles by function',
} as const;

/** Where to look, for an alarm over several things. @param dashboard its name, which is the deployment's */
export const whichIn = (dashboard: string, graph: keyof typeof titles): string =>
  `The graph "${titles[graph]}" of the dashboard ${dashboard} says which.`;

const byFunction = (
  metrics: LogoutMetrics,
  metric: 'confirmed' | 'failed' | 'timeToLogout',
  ...statistics: readonly string[]
): IMetric[] =>
  statistics.flatMap((statistic) =>
    ['logout', 'run'].map((by) =>
      metrics.of(metric, { [metricDimensions.function]: by }, { statistic, label: `${by} ${statistic}` }),
    ),
  );

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 12 });

const executions = (durable: DurableFunction): IMetric[] => [
  ...(['Started', 'Succeeded', 'Failed', 'TimedOut'] as const).map((what) => durable.metric(what)),
  durable.service.function.metricThrottles(),
];

/** Every failed attempt, and the events that Lambda gave up after several. */
const errorsOf = (functions: readonly ServiceFunction[]): IMetric[] => [
  ...functions.map((service) => service.function.metricErrors({ label: service.name })),
  ...functions
    .filter(({ invocation }) => invocation === 'event')
    .map((service) => service.metricGivenUp().with({ label: `${service.name}: event given up` })),
];

/** Shows whether logouts work, and how long they take. */
export const createDashboard = (
  scope: Construct,
  id: string,
  { settings, metrics, api, run, watch }: Parts,
): Dashboard => {
  const functions = functionsIn(scope);
  return new Dashboard(scope, id, {
    dashboardName: settings.name,
    widgets: [
      [
        graph('Confirmed logouts', byFunction(metrics, 'confirmed', 'Sum')),
        graph('Failed logouts', byFunction(metrics, 'failed', 'Sum')),
      ],
      [
        graph('Milliseconds from the cause to the confirmation', byFunction(metrics, 'timeToLogout', 'p50', 'Maximum')),
        graph(titles.runs, [...executions(run.durable), metrics.of('runFailed')]),
      ],
      [
        graph('Runs that logged nobody out, and runs whose target had no instance', [
          metrics.of('nobodyLoggedOut'),
          metrics.of('noInstance'),
        ]),
        graph(titles.uncertain, Object.values(metrics.ofUncertainLeavers())),
        graph('Drills that failed, instances linked again, tokens not rotated, still working or lost', [
          metrics.of('failedDrill'),
          metrics.of('linkedAgain'),
          metrics.of('tokenNotRotated'),
          metrics.of('oldTokenStillWorks'),
          metrics.of('tokenLost'),
        ]),
      ],
      [
        graph(titles.errors, errorsOf(functions)),
        graph(
          titles.throttles,
          functions.map((service) => service.function.metricThrottles({ label: service.name })),
        ),
      ],
      [
        graph('API calls answered with 5xx', [api.httpApi.metricServerError({ statistic: 'Sum' })]),
        graph(titles.watches, [...executions(watch.durable), metrics.of('watchUnread')]),
      ],
    ],
  });
};
