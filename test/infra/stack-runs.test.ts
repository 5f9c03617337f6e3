import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import {
  configurations,
  dataKeyArn,
  everything,
  propertiesOfEach,
  render,
  resourcesIn,
  synthesize,
  wholeResourcesIn,
} from '../support/synthesize.ts';

const plain = synthesize(configurations.plain);
const custom = synthesize(everything);

const dayS = 24 * 60 * 60;
const { runs } = parseConfiguration();

test.each([
  [
    'by default',
    plain,
    { ExecutionTimeout: runs.executionTimeoutDays * dayS, RetentionPeriodInDays: runs.retentionDays },
  ],
  ['as configured', custom, { ExecutionTimeout: 90 * dayS, RetentionPeriodInDays: 60, KMSKeyArn: dataKeyArn }],
])('a run is durable %s', (_name, synthesized, durable) => {
  expect(resourcesIn(synthesized, 'AWS::Lambda::Function').RunFunction?.DurableConfig).toEqual(durable);
});

test('only runs and watches are durable; a watch may take 31 days', () => {
  const { RunFunction: _run, WatchFunction, ...others } = resourcesIn(plain, 'AWS::Lambda::Function');

  expect(Object.values(others).filter(({ DurableConfig }) => DurableConfig !== undefined)).toEqual([]);
  expect(WatchFunction?.DurableConfig).toEqual({
    ExecutionTimeout: 31 * dayS,
    RetentionPeriodInDays: runs.retentionDays,
  });
});

test('what is started goes to the alias live, once its function may make checkpoints', () => {
  const aliases = Object.values(wholeResourcesIn(plain, 'AWS::Lambda::Alias'));

  expect(aliases).toEqual(
    ['Watch', 'Run'].map((name) =>
      expect.objectContaining({
        Properties: expect.objectContaining({
          Name: 'live',
          FunctionName: { Ref: expect.stringMatching(new RegExp(`^${name}Function`)) },
        }),
        DependsOn: [expect.stringMatching(new RegExp(`^${name}Checkpoints`))],
      }),
    ),
  );
});

test('a deployment keeps the versions that waiting runs belong to', () => {
  const versions = Object.values(wholeResourcesIn(plain, 'AWS::Lambda::Version'));

  const kept = expect.objectContaining({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  expect(versions).toEqual([kept, kept]);
});

test('the request of a run that failed lies in its dead-letter queue', () => {
  expect(render(resourcesIn(plain, 'AWS::Lambda::Function').RunFunction?.DeadLetterConfig.TargetArn)).toBe(
    '<RunDeadLetters.Arn>',
  );
});

test('only Secrets Manager of this account may invoke the function that rotates tokens', () => {
  const permissions = propertiesOfEach(custom, 'AWS::Lambda::Permission').filter(({ FunctionName }) =>
    render(FunctionName).startsWith('<RotateTokenFunction'),
  );

  expect(permissions.map(({ Principal, SourceAccount }) => `${Principal} ${render(SourceAccount)}`)).toEqual([
    'secretsmanager.amazonaws.com <AWS::AccountId>',
  ]);
  expect(Object.keys(resourcesIn(plain, 'AWS::Lambda::Function'))).not.toContain('RotateTokenFunction');
});
