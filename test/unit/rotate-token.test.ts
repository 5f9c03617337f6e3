import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { startGreenApi } from '../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import type { RotationSteps } from '../../functions/instances/token-rotation/rotation-steps.ts';
import { timeUntil } from '../../functions/platform/deadline.ts';
import { composeRotateToken, createRotateTokenHandler } from '../../functions/rotate-token.ts';
import { useEmulators } from '../support/aws-environment.ts';
import { contextOf } from '../support/http-event.ts';
import { createClient } from '../support/secrets-manager-client.ts';
import { createShortWaits } from '../support/short-waits.ts';

const idInstance = '1101000001';
const name = `green-api/${idInstance}`;
const firstToken = '0'.repeat(50);
const arn = `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}-AbCdEf`;
const rotationFunction = 'arn:aws:lambda:eu-central-1:111122223333:function:rotate-token';

/** A Secrets Manager that rotates with the real handler and the real SDK. */
const startSetup = async () => {
  const greenApi = await startGreenApi({
    instances: [{ idInstance, apiTokenInstance: firstToken }],
    enforceLimit: false,
  });
  const lines: string[] = [];
  let handler: ReturnType<typeof createRotateTokenHandler> | undefined;
  const secretsManager = await startSecretsManager({
    secrets: [
      {
        name,
        secretString: JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance: firstToken, note: 'kept' }),
      },
    ],
    invokeRotationFunction: async (_arn, event) => handler?.(event, contextOf(60_000)),
  });
  useEmulators({ secretsManager: secretsManager.url });
  handler = createRotateTokenHandler(
    composeRotateToken({ ALLOWED_API_HOSTS: greenApi.host }, (line) => void lines.push(line), createShortWaits()),
  );
  const client = createClient(secretsManager.url);
  return {
    greenApi,
    secretsManager,
    client,
    lines,
    handle: (event: unknown) => handler?.(event, contextOf(60_000)),
    secret: async () => {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
      return JSON.parse(SecretString ?? '') as { readonly apiTokenInstance: string; readonly note: string };
    },
    rotate: async () => {
      await client.send(new RotateSecretCommand({ SecretId: name, RotationLambdaARN: rotationFunction }));
      await secretsManager.rotationsEnded();
    },
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await greenApi.close();
      await secretsManager.close();
    },
  };
};

test('rotate-secret replaces the token at GREEN-API and makes the new one current', async () => {
  await using setup = await startSetup();

  await setup.rotate();

  const { apiTokenInstance, note } = await setup.secret();
  expect(setup.secretsManager.rotations).toMatchObject([{ outcome: 'rotated' }]);
  expect([apiTokenInstance, note]).toEqual([setup.greenApi.tokenOf(idInstance), 'kept']);
  expect(apiTokenInstance).not.toBe(firstToken);
  expect(setup.greenApi.callsOf(idInstance, 'updateApiToken')).toHaveLength(1);
  expect(setup.lines.join('')).not.toMatch(new RegExp(`${firstToken}|${apiTokenInstance}`));
});

/** As rotate-secret --no-rotate-immediately does: it makes a version, perhaps without a value, and runs the test alone. */
test.each([
  ['without a pending version', undefined],
  ['with a copy of the current one', 'AWSPENDING'],
])('the test alone, %s, changes nothing and finds whether the token works', async (_, stage) => {
  await using setup = await startSetup();
  const ClientRequestToken = 'c'.repeat(36);
  const { SecretString } = await setup.client.send(new GetSecretValueCommand({ SecretId: name }));
  if (stage !== undefined)
    await setup.client.send(
      new PutSecretValueCommand({ SecretId: name, ClientRequestToken, SecretString, VersionStages: [stage] }),
    );
  const testAlone = () => setup.handle({ Step: 'testSecret', SecretId: name, ClientRequestToken });

  await testAlone();

  expect(setup.greenApi.callsOf(idInstance, 'updateApiToken')).toEqual([]);
  expect((await setup.secret()).apiTokenInstance).toBe(firstToken);
  setup.greenApi.changeToken(idInstance);
  await expect(testAlone()).rejects.toThrow(/token was rejected/);
});

test('steps that are repeated for the same version change the token once', async () => {
  await using setup = await startSetup();
  await setup.rotate();
  const { apiTokenInstance } = await setup.secret();
  const { VersionIdsToStages = {} } = await setup.client.send(new DescribeSecretCommand({ SecretId: name }));
  const [versionId] = Object.entries(VersionIdsToStages).find(([, stages]) => stages?.includes('AWSCURRENT')) ?? [];

  for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'])
    await setup.handle({ Step, SecretId: name, ClientRequestToken: versionId });

  expect(setup.greenApi.callsOf(idInstance, 'updateApiToken')).toHaveLength(1);
  expect((await setup.secret()).apiTokenInstance).toBe(apiTokenInstance);
});

test('a rotation that is started again after a failed test does not change the token a second time', async () => {
  await using setup = await startSetup();
  setup.secretsManager.setFault('UpdateSecretVersionStage', 'access-denied', { times: 1_000 });
  await setup.rotate();
  const updated = setup.greenApi.callsOf(idInstance, 'updateApiToken').length;
  setup.secretsManager.setFault('UpdateSecretVersionStage', undefined);

  setup.secretsManager.reattemptRotation(name);
  await setup.secretsManager.rotationsEnded();

  expect(setup.greenApi.callsOf(idInstance, 'updateApiToken').length).toBeLessThanOrEqual(Math.max(1, updated));
  expect((await setup.secret()).apiTokenInstance).toBe(updated === 0 ? firstToken : setup.greenApi.tokenOf(idInstance));
});

test('a rotation whose answer is lost fails, states where the token is, and counts as a lost token', async () => {
  await using setup = await startSetup();
  setup.greenApi.setFault(idInstance, 'token-changed-but-500', { method: 'updateApiToken' });

  await setup.rotate();

  const records = setup.lines.map((line) => JSON.parse(line));
  expect(setup.secretsManager.rotations).toMatchObject([{ outcome: { failedAt: 'createSecret' } }]);
  expect(records).toContainEqual(
    expect.objectContaining({
      level: 'ERROR',
      message: 'token rotation',
      kind: 'token-lost',
      tokenLost: 1,
      idInstance,
    }),
  );
  expect((await setup.secret()).apiTokenInstance).toBe(firstToken);
});

test.each([
  ['a secret outside the prefix', { SecretId: 'other/1101000001' }, /must be green-api\/<idInstance>/],
  ['a secret that is no instance', { SecretId: 'green-api/desk' }, /must be green-api\/<idInstance>/],
  ['an unknown step', { Step: 'dropSecret' }, /must have Step/],
  ['a missing version', { ClientRequestToken: undefined }, /must have Step/],
  ['a version that is too short', { ClientRequestToken: 'a'.repeat(31) }, /must have Step/],
  ['a version that is too long', { ClientRequestToken: 'a'.repeat(65) }, /must have Step/],
  ['a version after something else', { ClientRequestToken: `/${'a'.repeat(32)}` }, /must have Step/],
  ['a version before something else', { ClientRequestToken: `${'a'.repeat(32)}/` }, /must have Step/],
  ['an ARN after something else', { SecretId: `x${arn}` }, /must be green-api\/<idInstance>/],
  ['an ARN before something else', { SecretId: `${arn}-x` }, /must be green-api\/<idInstance>/],
  ['an ARN without its random end', { SecretId: arn.slice(0, -7) }, /must be green-api\/<idInstance>/],
])('%s is refused, and GREEN-API is not called', async (_, change, message) => {
  await using setup = await startSetup();
  const event = { Step: 'createSecret', SecretId: name, ClientRequestToken: 'a'.repeat(32), ...change };

  await expect(setup.handle(event)).rejects.toThrow(message);

  expect(setup.greenApi.callsOf(idInstance, 'updateApiToken')).toEqual([]);
});

test('a secret is found by its ARN', async () => {
  await using setup = await startSetup();

  await expect(
    setup.handle({ Step: 'setSecret', SecretId: arn, ClientRequestToken: 'a'.repeat(32) }),
  ).resolves.toBeUndefined();
});

describe('a step', () => {
  type Result = Awaited<ReturnType<RotationSteps['createSecret']>>;

  /** What the function logs of a step with this result, and how long the step might take, in milliseconds. */
  const perform = async (result: Result, remainingMs = 60_000) => {
    const timesMs: number[] = [];
    const lines: object[] = [];
    const step = async (_: unknown, deadline: number) => {
      timesMs.push(timeUntil(deadline));
      return result;
    };
    const handler = createRotateTokenHandler({
      steps: { createSecret: step, testSecret: step, finishSecret: step },
      secretPrefix: 'green-api/',
      stack: 'green-api-logout',
      now: () => new Date('2026-11-30T17:00:00Z'),
      log: (level, message, fields) => void lines.push({ level, message, ...fields }),
    });
    const event = { Step: 'createSecret', SecretId: arn, ClientRequestToken: 'a'.repeat(32) };
    const error: unknown = await handler(event, contextOf(remainingMs)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { timesMs, lines, error };
  };

  test.each<[string, Result, object | undefined]>([
    ['INFO', { kind: 'rotated' }, undefined],
    [
      'ERROR',
      { kind: 'not-rotated', detail: 'no time was left' },
      { name: 'RotationFailed', message: 'not-rotated: no time was left' },
    ],
    [
      'ERROR',
      { kind: 'token-lost', detail: 'no answer' },
      { name: 'RotationFailed', message: 'token-lost: no answer' },
    ],
  ])('is one line of level %s: %j', async (level, result, failure) => {
    const { lines, error } = await perform(result);

    expect(lines).toMatchObject([
      { level, message: 'token rotation', function: 'rotate-token', idInstance, step: 'createSecret', ...result },
    ]);
    expect(error).toEqual(failure && expect.objectContaining(failure));
  });

  test('ends two seconds before the function, so that its result is logged', async () => {
    const { timesMs } = await perform({ kind: 'rotated' });

    expect(timesMs[0]).toBeLessThanOrEqual(58_000);
    expect(timesMs[0]).toBeGreaterThan(50_000);
    expect((await perform({ kind: 'rotated' }, 2_000)).timesMs).toEqual([0]);
  });
});

test('after a rotation that did not change the token, removing AWSPENDING allows a new rotation', async () => {
  await using setup = await startSetup();
  setup.greenApi.setFault(idInstance, 'http-500', { method: 'updateApiToken', times: 1 });
  await setup.rotate();
  const { VersionIdsToStages = {} } = await setup.client.send(new DescribeSecretCommand({ SecretId: name }));
  const [pending] = Object.entries(VersionIdsToStages).find(([, stages]) => stages?.includes('AWSPENDING')) ?? [];
  const removal = { VersionStage: 'AWSPENDING', RemoveFromVersionId: pending };

  await setup.client.send(new UpdateSecretVersionStageCommand({ SecretId: name, ...removal }));
  await setup.rotate();

  expect(setup.secretsManager.rotations).toMatchObject([
    { outcome: { failedAt: 'createSecret' } },
    { outcome: 'rotated' },
  ]);
  expect((await setup.secret()).apiTokenInstance).toBe(setup.greenApi.tokenOf(idInstance));
});
