import { Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AuthorizedApi } from './authorized-api.ts';
import { logoutMetric } from './logout-metric.ts';
import type { RunFunction } from './run-function.ts';

export type DashboardProps = { readonly api: AuthorizedApi; readonly run: RunFunction };

type LogoutFigure = readonly [what: Parameters<typeof logoutMetric>[2], statistic: string];

const ofBothFunctions = (scope: Construct, ...figures: readonly LogoutFigure[]): IMetric[] =>
  figures.flatMap(([what, statistic]) =>
    (['logout', 'run'] as const).map((functionName) =>
      logoutMetric(scope, functionName, what, statistic).with({ label: `${functionName} ${statistic}` }),
    ),
  );

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 12 });

/** What a person looks at to see whether logouts work, and how long they take. */
export const createDashboard = (scope: Construct, id: string, { api, run }: DashboardProps): Dashboard =>
  new Dashboard(scope, id, {
    widgets: [
      [
        graph('Confirmed logouts', ofBothFunctions(scope, ['confirmed', 'Sum'])),
        graph('Failed logouts', ofBothFunctions(scope, ['failed', 'Sum'])),
      ],
      [
        graph(
          'Milliseconds from the cause to the confirmation',
          ofBothFunctions(scope, ['timeToLogout', 'p50'], ['timeToLogout', 'Maximum']),
        ),
        graph('Runs', [run.metric('Started'), run.metric('Succeeded'), run.metric('Failed'), run.metric('TimedOut')]),
      ],
      [graph('Calls that the API answered with 5xx', [api.serverErrors])],
    ],
  });
