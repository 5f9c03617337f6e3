import { rmSync } from 'node:fs';
import { everything, render, resourcesIn, synthesize } from '../support/synthesize.ts';

const plain = synthesize();
const custom = synthesize(everything);

afterAll(() => {
  for (const { folder } of [plain, custom]) rmSync(folder, { recursive: true });
});

const dayS = 24 * 60 * 60;

test.each([
  ['by default', plain, { ExecutionTimeout: 30 * dayS, RetentionPeriodInDays: 30 }],
  ['as configured', custom, { ExecutionTimeout: 90 * dayS, RetentionPeriodInDays: 60 }],
])('a run is durable %s', (_name, synthesized, durable) => {
  expect(resourcesIn(synthesized, 'AWS::Lambda::Function').RunFunction?.DurableConfig).toEqual(durable);
});

test('only runs and watches are durable; a watch may take 31 days', () => {
  const { RunFunction: _run, WatchFunction, ...others } = resourcesIn(plain, 'AWS::Lambda::Function');

  expect(Object.values(others).filter(({ DurableConfig }) => DurableConfig !== undefined)).toEqual([]);
  expect(WatchFunction?.DurableConfig).toEqual({ ExecutionTimeout: 31 * dayS, RetentionPeriodInDays: 30 });
});

test('what is started goes to the alias live, once its function may make checkpoints', () => {
  const aliases = Object.values(plain.template.findResources('AWS::Lambda::Alias'));

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
  const versions = Object.values(plain.template.findResources('AWS::Lambda::Version'));

  const kept = expect.objectContaining({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  expect(versions).toEqual([kept, kept]);
});

test('the request of a run that failed lies in its dead-letter queue', () => {
  expect(render(resourcesIn(plain, 'AWS::Lambda::Function').RunFunction?.DeadLetterConfig.TargetArn)).toBe(
    '<RunDeadLetters.Arn>',
  );
});

test('only Secrets Manager of this account may invoke the function that rotates tokens', () => {
  const permissions = Object.values(resourcesIn(custom, 'AWS::Lambda::Permission')).filter(({ FunctionName }) =>
    render(FunctionName).startsWith('<RotateTokenFunction'),
  );

  expect(permissions.map(({ Principal, SourceAccount }) => `${Principal} ${render(SourceAccount)}`)).toEqual([
    'secretsmanager.amazonaws.com <AWS::AccountId>',
  ]);
  expect(Object.keys(resourcesIn(plain, 'AWS::Lambda::Function'))).not.toContain('RotateTokenFunction');
});
