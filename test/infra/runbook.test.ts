import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurations, propertiesOfEach, render, synthesize } from '../support/synthesize.ts';

const synthesized = synthesize(configurations.everyEntrance);

const runbook = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
const sections = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase());

const alarmProperties = propertiesOfEach(synthesized, 'AWS::CloudWatch::Alarm');
const alarms = alarmProperties.map(({ AlarmDescription }) => AlarmDescription.split('#')[1] as string);

test.each(alarms)('the runbook has a section for the alarm %s', (section) => {
  expect(sections).toContain(section);
});

test('the runbook has a section for no other alarm', () => {
  const [, list = ''] = /^## Alarms$(.*?)^## /ms.exec(runbook) ?? [];
  const documented = [...list.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);

  expect(documented).toHaveLength(alarms.length);
  expect(documented.filter((heading) => !alarms.includes(heading as string))).toEqual([]);
});

test('with everything switched on there are at most 25 alarms, each of at most ten metrics', () => {
  expect(alarms.length).toBeLessThanOrEqual(25);
  expect(runbook).toContain(`there are ${alarms.length} alarms`);
  for (const { Metrics = [] } of alarmProperties) expect(Metrics.length).toBeLessThanOrEqual(1 + 10);
});

/** The metrics of an alarm, by the ids of their functions, with a name that CloudWatch counts failures or throttles by. */
const functionsIn = (alarm: string, metricNames: readonly string[]): readonly string[] =>
  alarmProperties
    .filter(({ AlarmDescription }) => AlarmDescription.endsWith(`#${alarm}`))
    .flatMap(({ Metrics = [] }) => Metrics)
    .flatMap(({ MetricStat }) =>
      metricNames.includes(MetricStat?.Metric.MetricName) ? MetricStat.Metric.Dimensions : [],
    )
    .map(({ Value }) => render(Value));

test('the alarms watch every function for failures and throttling', () => {
  const durable = ['run-failed', 'watch-failed'];
  const desk = 'reports-refused';
  const failed = [
    ...functionsIn('function-failed', ['Errors', 'AsyncEventsDropped']),
    ...functionsIn(desk, ['Errors']),
    ...durable.flatMap((alarm) => functionsIn(alarm, ['DurableExecutionTimedOut'])),
  ];
  const throttled = ['function-throttled', desk, ...durable].flatMap((alarm) => functionsIn(alarm, ['Throttles']));
  const functions = Object.entries(synthesized.template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([id]) => render({ Ref: id }));

  expect(functions.length).toBeGreaterThan(10);
  expect(failed.toSorted()).toEqual(functions.toSorted());
  expect(throttled.toSorted()).toEqual(functions.toSorted());
});

test('the dashboard shows errors and throttles of every function', () => {
  const [{ DashboardBody }] = propertiesOfEach(synthesized, 'AWS::CloudWatch::Dashboard') as [
    { DashboardBody: unknown },
  ];
  const { widgets } = JSON.parse(render(DashboardBody)) as {
    widgets: { properties: { title: string; metrics: unknown[][] } }[];
  };
  const functions = propertiesOfEach(synthesized, 'AWS::Lambda::Function');
  const shownBy = (title: string, metric: string) =>
    widgets
      .filter(({ properties }) => properties.title === title)
      .flatMap(({ properties }) => properties.metrics.filter(([, name]) => name === metric));

  expect(shownBy('Errors by function', 'Errors')).toHaveLength(functions.length);
  expect(shownBy('Throttles by function', 'Throttles')).toHaveLength(functions.length);
  expect(shownBy('Errors by function', 'AsyncEventsDropped')).toHaveLength(3);
  // The texts of alarms name graphs.
  const titles = alarmProperties.flatMap(
    ({ AlarmDescription }) => /The graph "(.+)" of the dashboard logout-staging/.exec(AlarmDescription)?.[1] ?? [],
  );
  expect([...new Set(titles)].toSorted()).toEqual([
    'Errors by function',
    'Runs',
    'Throttles by function',
    'Watches',
    'What is uncertain of leavers',
  ]);
  for (const title of titles) expect(widgets.map(({ properties }) => properties.title)).toContain(title);
});
