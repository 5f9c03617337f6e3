import { Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AuthorizedApi } from './authorized-api.ts';
import { logoutMetric } from './logout-metric.ts';
import type { RunDoor } from './run-function.ts';

export type DashboardProps = { readonly api: AuthorizedApi; readonly run: RunDoor };

type LogoutFigure = readonly [what: Parameters<typeof logoutMetric>[2], statistic: string];

const ofBothDoors = (scope: Construct, ...figures: readonly LogoutFigure[]): IMetric[] =>
  figures.flatMap(([what, statistic]) =>
    (['logout', 'run'] as const).map((door) =>
      logoutMetric(scope, door, what, statistic).with({ label: `${door} ${statistic}` }),
    ),
  );

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 12 });

/** What a person looks at to see whether logouts work, and how long they take. */
export const createDashboard = (scope: Construct, id: string, { api, run }: DashboardProps): Dashboard =>
  new Dashboard(scope, id, {
    widgets: [
      [
        graph('Confirmed logouts', ofBothDoors(scope, ['confirmed', 'Sum'])),
        graph('Failed logouts', ofBothDoors(scope, ['failed', 'Sum'])),
      ],
      [
        graph(
          'Milliseconds from the cause to the confirmation',
          ofBothDoors(scope, ['timeToLogout', 'p50'], ['timeToLogout', 'Maximum']),
        ),
        graph('Runs', [run.metric('Started'), run.metric('Succeeded'), run.metric('Failed'), run.metric('TimedOut')]),
      ],
      [graph('Calls that the API answered with 5xx', [api.serverErrors])],
    ],
  });
