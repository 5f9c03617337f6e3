import { rmSync } from 'node:fs';
import { everything, resourcesIn, say, synthesize } from '../support/synthesize.ts';

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

test('only the run is durable', () => {
  const { RunFunction: _run, ...others } = resourcesIn(plain, 'AWS::Lambda::Function');

  expect(Object.values(others).filter(({ DurableConfig }) => DurableConfig !== undefined)).toEqual([]);
});

test('what is started goes to the alias live, once the run may make checkpoints', () => {
  const [alias, ...more] = Object.values(plain.template.findResources('AWS::Lambda::Alias'));

  expect(more).toEqual([]);
  expect(alias?.Properties).toMatchObject({
    Name: 'live',
    FunctionName: { Ref: expect.stringMatching(/^RunFunction/) },
  });
  expect(alias?.DependsOn).toEqual([expect.stringMatching(/^RunCheckpoints/)]);
});

test('a deployment keeps the versions that waiting runs belong to', () => {
  const versions = Object.values(plain.template.findResources('AWS::Lambda::Version'));

  expect(versions).toEqual([
    expect.objectContaining({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }),
  ]);
});

test('the request of a run that failed lies in its dead-letter queue', () => {
  expect(say(resourcesIn(plain, 'AWS::Lambda::Function').RunFunction?.DeadLetterConfig.TargetArn)).toBe(
    '<RunDeadLetters.Arn>',
  );
});
