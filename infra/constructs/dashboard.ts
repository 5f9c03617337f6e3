import { Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AuthorizedApi } from './authorized-api.ts';
import type { DurableFunction } from './durable-function.ts';
import type { LogoutMetrics } from './logout-metrics.ts';

export type DashboardProps = {
  readonly name: string;
  readonly metrics: LogoutMetrics;
  readonly api: AuthorizedApi;
  readonly run: DurableFunction;
};

type Figure = readonly [metric: Parameters<LogoutMetrics['of']>[0], statistic: string];

const byFunction = (metrics: LogoutMetrics, ...figures: readonly Figure[]): IMetric[] =>
  figures.flatMap(([metric, statistic]) =>
    (['logout', 'run'] as const).map((by) =>
      metrics.of(metric, { function: by, statistic, label: `${by} ${statistic}` }),
    ),
  );

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 12 });

/** Shows whether logouts work, and how long they take. */
export const createDashboard = (scope: Construct, id: string, { name, metrics, api, run }: DashboardProps): Dashboard =>
  new Dashboard(scope, id, {
    dashboardName: name,
    widgets: [
      [
        graph('Confirmed logouts', byFunction(metrics, ['confirmed', 'Sum'])),
        graph('Failed logouts', byFunction(metrics, ['failed', 'Sum'])),
      ],
      [
        graph(
          'Milliseconds from the cause to the confirmation',
          byFunction(metrics, ['timeToLogout', 'p50'], ['timeToLogout', 'Maximum']),
        ),
        graph('Runs', [run.metric('Started'), run.metric('Succeeded'), run.metric('Failed'), run.metric('TimedOut')]),
      ],
      [
        graph('Runs that logged nobody out, and runs whose target had no instance', [
          metrics.ofRuns('nobodyLoggedOut'),
          metrics.ofRuns('noInstance'),
        ]),
        graph('Drills that failed, instances linked again, tokens not rotated or lost', [
          metrics.ofRuns('failedDrill'),
          metrics.ofLinkedAgain(),
          metrics.of('tokenNotRotated'),
          metrics.of('tokenLost'),
        ]),
      ],
      [graph('API calls answered with 5xx', [api.httpApi.metricServerError({ statistic: 'Sum' })])],
    ],
  });
