import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  configurations,
  everything,
  propertiesOfEach,
  render,
  resourcesIn,
  synthesize,
  wholeResourcesIn,
} from '../support/synthesize.ts';

const plain = synthesize(configurations.plain);
const custom = synthesize(everything);

const schedules = propertiesOfEach(custom, 'AWS::Scheduler::Schedule');

test('there is no schedule unless one is configured', () => {
  expect(resourcesIn(plain, 'AWS::Scheduler::Schedule')).toEqual({});
});

test('a logical id stays: with another one CloudFormation would delete the schedule after making it anew', () => {
  expect(Object.keys(wholeResourcesIn(custom, 'AWS::Scheduler::Schedule'))).toEqual([
    'SchedulesSchedulenightly80E85BAF',
    'SchedulesScheduleRoleA409A311',
  ]);
});

test('each is as configured, in the group of the stack', () => {
  expect(
    schedules.map(({ Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone }) =>
      [Name, render(GroupName), ScheduleExpression, ScheduleExpressionTimezone].join(' '),
    ),
  ).toEqual([
    'nightly logout-staging cron(0 22 * * ? *) Europe/Berlin',
    'Role logout-staging at(2027-01-01T00:00:00) Asia/Tokyo',
  ]);
});

test('each fires on time, is tried for a day, and is kept if it cannot be delivered', () => {
  for (const schedule of schedules) {
    const { Target } = schedule;
    expect(schedule).toMatchObject({ State: 'ENABLED', FlexibleTimeWindow: { Mode: 'OFF' } });
    expect(Target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 24 * 60 * 60, MaximumRetryAttempts: 185 });
    expect(render(Target.DeadLetterConfig.Arn)).toBe('<ScheduleUndelivered.Arn>');
    expect(render(Target.Arn)).toBe('<ScheduleFunction.Arn>');
    expect(render(Target.RoleArn)).toBe('<SchedulesRole.Arn>');
  }
});

test('each sends the function its request and its scheduled time', () => {
  const [nightly, newYear] = everything.schedules.map(
    ({ name, expression: _expression, timeZone: _timeZone, ...request }) => ({
      schedule: name,
      scheduledTime: '<aws.scheduler.scheduled-time>',
      ...request,
    }),
  );

  expect(schedules.map(({ Target }) => JSON.parse(Target.Input))).toEqual([nightly, newYear]);
});

test('only schedules of the group may use the role', () => {
  expect(render(resourcesIn(custom, 'AWS::IAM::Role').SchedulesRole?.AssumeRolePolicyDocument.Statement)).toBe(
    '[{"Action":"sts:AssumeRole","Condition":{"StringEquals":' +
      '{"aws:SourceAccount":"<AWS::AccountId>","aws:SourceArn":"<SchedulesGroup.Arn>"}},' +
      '"Effect":"Allow","Principal":{"Service":"scheduler.amazonaws.com"}}]',
  );
});

test('what the function could not act on is kept with the reason', () => {
  const { ScheduleFunctionEventInvokeConfig } = resourcesIn(plain, 'AWS::Lambda::EventInvokeConfig');

  expect(render(ScheduleFunctionEventInvokeConfig?.DestinationConfig.OnFailure.Destination)).toBe(
    '<ScheduleFailed.Arn>',
  );
});

test('a synthesis warns of a time that the clocks go forward over, once for each schedule', () => {
  // Where the CDK CLI finds the warnings it prints.
  const { folder } = synthesize(configurations.skippedTimes);
  const metadata = readFileSync(join(folder, 'GreenApiLogout.metadata.json'), 'utf8');

  expect(metadata.match(/The schedule \\"\w+\\" will not fire on \d{4}-03-\d\d/g)).toEqual([
    expect.stringContaining('early'),
    expect.stringContaining('late'),
  ]);
});
