import { providerMetricNames, refusalMetric } from '../../functions/identity-providers/provider-metrics.ts';
import { metricNames } from '../../functions/logout/evidence.ts';
import { metricNamespace } from '../../functions/platform/metrics.ts';
import { failedEventsMetric } from '../../functions/runs/failed-events.ts';
import { runMetricNames } from '../../functions/runs/run-metrics.ts';
import { userIdOf } from '../../functions/scim/user-id.ts';
import { watchUnreadMetric } from '../../functions/watch/watch-evidence.ts';
import { pascalCase } from '../../infra/constructs/pascal-case.ts';
import { startProviders, tokens } from '../support/identity-providers.ts';
import { readPage } from '../support/markdown.ts';
import {
  changed,
  customEvent,
  identityCenterEvent,
  nativeEvent,
  oktaEvent,
  scimEvent,
} from '../support/offboarding-events.ts';
import { configurations, propertiesOfEach, render, synthesize } from '../support/synthesize.ts';
import {
  bearer,
  type Drive,
  deliver,
  directoryThrottles,
  firing,
  john,
  type Line,
  lambdaThrottles,
  patch,
  phones,
  post,
  unknownToken,
  unreadableUser,
  viaBus,
  viaProviders,
  viaRun,
  viaSchedule,
  withoutUser,
} from '../support/what-goes-wrong.ts';

/** The function that takes what comes by each way. */
const functionOf = {
  webhook: 'webhook',
  'event hook': 'webhook',
  SCIM: 'scim',
  'custom event': 'offboarding',
  'log streaming': 'offboarding',
  CloudTrail: 'offboarding',
  'own events': 'offboarding',
  schedule: 'schedule',
  API: 'forced-logouts',
} as const;

type Way = keyof typeof functionOf;

const ways = Object.keys(functionOf) as readonly Way[];
const reports = ways.filter((way) => way !== 'schedule' && way !== 'API');

const failures = [
  'refused',
  'throttled',
  'unknown identity',
  'protected',
  'lag',
  'ended run',
  'function down',
  'store down',
  'event lost',
] as const;

type Row = { readonly failure: string; readonly ways: readonly string[]; readonly reportedBy: string };

const [, table = ''] =
  /\| failure \| way in \|.*\n\|[-|]+\|\n([\s\S]*?)\n\n/.exec(readPage('docs/offboarding.md')) ?? [];
const rows: readonly Row[] = table.split('\n').map((line) => {
  const [failure = '', in_ = '', , reportedBy = ''] = line
    .split('|')
    .slice(1)
    .map((cell) => cell.trim());
  return { failure, ways: in_.split(', '), reportedBy };
});

const rowsOf = (failure: string, way: string) =>
  rows.filter((row) => row.failure === failure && row.ways.includes(way));
const signalsIn = ({ reportedBy }: Row) => [...reportedBy.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
const signalsOf = (failure: string, way: string) => rowsOf(failure, way).flatMap(signalsIn);

type Metric = {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
};

/** The metrics of the alarms, by the section of the runbook that explains them. */
const alarms = new Map<string, readonly Metric[]>();
for (const properties of propertiesOfEach(synthesize(configurations.everyEntrance), 'AWS::CloudWatch::Alarm')) {
  const [, section = ''] = properties.AlarmDescription.split('#');
  const metrics: readonly Metric[] =
    properties.Metrics === undefined
      ? [properties]
      : properties.Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: Metric } }) => MetricStat?.Metric ?? []);
  alarms.set(section, [...(alarms.get(section) ?? []), ...metrics]);
}

test('the table has a cell for each way in and each way to fail, and names no other', () => {
  const empty = failures.flatMap((failure) =>
    ways.filter((way) => rowsOf(failure, way).length === 0).map((way) => `${failure}: ${way}`),
  );

  expect(empty).toEqual([]);
  expect(new Set(rows.map(({ failure }) => failure))).toEqual(new Set(failures));
  expect(rows.flatMap((row) => row.ways).filter((way) => !Object.hasOwn(functionOf, way))).toEqual([]);
});

test('each cell names an alarm of the stack; only an API has a caller, and only what no alarm can know is left to reconcile', () => {
  const silent = failures.flatMap((failure) =>
    ways.filter((way) => !signalsOf(failure, way).some((name) => alarms.has(name))).map((way) => [failure, way]),
  );
  const told = rows.filter(({ reportedBy }) => reportedBy.includes('the caller'));

  expect(rows.flatMap(signalsIn).filter((name) => !alarms.has(name) && name !== 'reconcile')).toEqual([]);
  expect(told.flatMap((row) => row.ways).filter((way) => way !== 'API' && way !== 'webhook')).toEqual([]);
  for (const [failure = '', way = ''] of silent) {
    const isCaller = rowsOf(failure, way).some((row) => told.includes(row));
    expect([failure, way, isCaller || signalsOf(failure, way).includes('reconcile')]).toEqual([failure, way, true]);
  }
  expect(silent.filter(([, way]) => way !== 'API').map(([failure]) => failure)).toEqual(
    // Most people own no instance; SCIM reports an owner who was renamed.
    reports.filter((way) => way !== 'SCIM').map(() => 'unknown identity'),
  );
});

/** AWS's own metrics (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html and its counterparts). */
const ofAws: Readonly<Record<string, readonly string[]>> = {
  'AWS/Lambda': ['Errors', 'Throttles', 'AsyncEventsDropped', 'DurableExecutionFailed', 'DurableExecutionTimedOut'],
  'AWS/ApiGateway': ['5xx'],
  'AWS/SQS': ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'],
};

const ofFunctions: readonly string[] = [
  ...Object.values(metricNames),
  ...Object.values(runMetricNames),
  ...Object.values(providerMetricNames),
  ...[refusalMetric, failedEventsMetric, watchUnreadMetric],
  // From the access log.
  ...propertiesOfEach(synthesize(configurations.everyEntrance), 'AWS::Logs::MetricFilter').flatMap(
    ({ MetricTransformations }) => MetricTransformations.map(({ MetricName }: { MetricName: string }) => MetricName),
  ),
];

test.each([...new Set(rows.flatMap(signalsIn))].filter((name) => name !== 'reconcile'))(
  'the alarm %s counts what AWS or a function writes',
  (name) => {
    for (const { Namespace, MetricName } of alarms.get(name) ?? [])
      expect(Namespace === metricNamespace ? ofFunctions : ofAws[Namespace]).toContain(MetricName);
  },
);

test.each(rows.filter((row) => signalsIn(row).some((name) => /^function-/.test(name))))(
  'the alarms of $failure watch the functions of $ways',
  (row) => {
    for (const name of signalsIn(row).filter((each) => /^function-/.test(each))) {
      const watched = (alarms.get(name) ?? []).flatMap(({ Dimensions = [] }) =>
        Dimensions.map(({ Value }) => render(Value)),
      );
      for (const way of row.ways) expect(watched).toContain(`<${pascalCase(functionOf[way as Way])}Function>`);
    }
  },
);

type Directive = {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
};

/** Whether CloudWatch counts this line for the metric. The stack has another name in each. */
const counts = (line: Line, { Namespace, MetricName, Dimensions = [] }: Metric): boolean => {
  const { CloudWatchMetrics = [] } = Object(line._aws) as { readonly CloudWatchMetrics?: readonly Directive[] };
  const wanted = Dimensions.map(({ Name }) => Name).toSorted();
  return CloudWatchMetrics.some(
    (directive) =>
      directive.Namespace === Namespace &&
      directive.Metrics.some(({ Name }) => Name === MetricName && Number(line[Name]) > 0) &&
      directive.Dimensions.some((set) => set.toSorted().join() === wanted.join()) &&
      Dimensions.every(({ Name, Value }) => Name === 'stack' || line[Name] === Value),
  );
};

/** What each cell says, made to happen: the way, the failure, the alarm, and how. */
const happenings: readonly (readonly [
  failure: (typeof failures)[number],
  ways: readonly Way[],
  alarm: string,
  drive: Drive,
])[] = [
  ['refused', ['webhook'], 'reports-refused', post(john, unknownToken)],
  ['refused', ['webhook'], 'departures-unreadable', post({ id: 'hr-1' })],
  [
    'refused',
    ['webhook'],
    'departures-held-back',
    viaProviders(
      async ({ webhook }) => {
        for (const body of [john, { id: 'hr-2', email: 'ann@example.com' }])
          await webhook('POST', '/offboarding', { headers: bearer(tokens.hr), body: JSON.stringify(body) });
      },
      { maxPerHour: 1 },
    ),
  ],
  ['refused', ['event hook'], 'reports-refused', deliver([], unknownToken)],
  ['refused', ['event hook'], 'departures-unreadable', deliver([unreadableUser])],
  ['refused', ['SCIM'], 'reports-refused', patch('active', false, bearer(unknownToken))],
  ['refused', ['SCIM'], 'departures-unreadable', patch('active', null)],
  [
    'refused',
    ['SCIM'],
    'departures-held-back',
    async () => {
      const providers = startProviders({ maxPerHour: 1 });
      for (const name of ['ann@example.com', 'john.doe@example.com'])
        await providers.scim('DELETE', `/Users/${userIdOf(name)}`);
      return providers.lines;
    },
  ],
  ...Object.entries(withoutUser).map(
    ([way, event]) => ['refused', [way as Way], 'offboarding-failed-events', viaBus(event)] as const,
  ),
  ['refused', ['schedule'], 'schedule-failed-events', viaSchedule({ ...firing, maxTargets: 3_000 }, 'started')],
  ['throttled', ['custom event'], 'offboarding-failed-events', viaBus(customEvent, lambdaThrottles)],
  ['throttled', ['log streaming'], 'offboarding-failed-events', viaBus(oktaEvent, lambdaThrottles)],
  ['throttled', ['CloudTrail'], 'offboarding-failed-events', viaBus(identityCenterEvent, lambdaThrottles)],
  ['throttled', ['own events'], 'offboarding-failed-events', viaBus(nativeEvent, lambdaThrottles)],
  ['throttled', ['schedule'], 'schedule-failed-events', viaSchedule(firing, 'throttled')],
  ['unknown identity', ['SCIM'], 'leaver-uncertain', patch('userName', 'jane.doe@example.com')],
  ['unknown identity', ['schedule'], 'leaver-uncertain', viaRun('schedule', {})],
  ['protected', reports, 'leaver-uncertain', viaRun('offboarding', phones)],
  ['protected', reports, 'nobody-logged-out', viaRun('offboarding', { '1101000002': phones['1101000002'] })],
  ['protected', ['schedule'], 'nobody-logged-out', viaRun('schedule', { '1101000002': phones['1101000002'] })],
  ['protected', ['API'], 'nobody-logged-out', viaRun('api', { '1101000002': phones['1101000002'] })],
  ['lag', ['schedule'], 'leaver-uncertain', viaRun('schedule', {})],
  ['ended run', reports, 'run-failed', viaRun('offboarding', phones, true)],
  ['ended run', ['schedule'], 'run-failed', viaRun('schedule', phones, true)],
  ['ended run', ['API'], 'run-failed', viaRun('api', phones, true)],
  ['store down', reports, 'run-failed', viaRun('offboarding', phones, true)],
  ['store down', ['schedule'], 'run-failed', viaRun('schedule', phones, true)],
  ['store down', ['API'], 'run-failed', viaRun('api', phones, true)],
  ['store down', ['CloudTrail'], 'offboarding-failed-events', viaBus(scimEvent('PatchUser'), directoryThrottles)],
  [
    'store down',
    ['own events'],
    'offboarding-failed-events',
    viaBus(changed(nativeEvent, { 'detail-type': 'User Updated' }), directoryThrottles),
  ],
  ['event lost', ['SCIM'], 'caller-quiet', viaProviders(({ scim }) => scim('GET', '/Users'))],
];

test.each(happenings)('%s by %j is counted by the alarm %s', async (failure, of, alarm, drive) => {
  const lines = await drive();

  for (const way of of) expect(signalsOf(failure, way)).toContain(alarm);
  expect(alarms.get(alarm)?.some((metric) => lines.some((line) => counts(line, metric)))).toBe(true);
});

test('a leaver without an instance is counted for the dashboard, and sets no alarm', async () => {
  const lines = await viaRun('offboarding', {})();
  const counted = [...alarms].filter(([, metrics]) =>
    metrics.some((metric) => lines.some((line) => counts(line, metric))),
  );

  expect(lines).toContainEqual(expect.objectContaining({ message: 'run ended', [runMetricNames.noInstance]: 1 }));
  expect(counted.map(([name]) => name)).toEqual([]);
});
