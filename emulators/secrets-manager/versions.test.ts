import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
  type UpdateSecretVersionStageCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { createClient } from '../../test/support/secrets-manager-client.ts';
import { startSecretsManager } from './emulator.ts';
import type { RotationEvent } from './rotation.ts';

const SecretId = 'green-api/1101000001';
const anna = { name: SecretId, secretString: 'old' };
const first = '11111111-1111-4111-8111-111111111111';
const second = '22222222-2222-4222-8222-222222222222';

/** A secret with the values `old` (current), `one` and `two`, the last two under labels of their own. */
const startWithVersions = async () => {
  const emulator = await startSecretsManager({ secrets: [anna] });
  const client = createClient(emulator.url);
  const put = (ClientRequestToken: string, SecretString: string, ...VersionStages: string[]) =>
    client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages }));
  await put(first, 'one', 'intent-1');
  await put(second, 'two', 'intent-2');
  const read = async (wanted: { readonly VersionStage?: string; readonly VersionId?: string } = {}) =>
    (await client.send(new GetSecretValueCommand({ SecretId, ...wanted }))).SecretString;
  const { VersionId: current } = await client.send(new GetSecretValueCommand({ SecretId }));
  const move = (input: Omit<UpdateSecretVersionStageCommandInput, 'SecretId'>) =>
    client.send(new UpdateSecretVersionStageCommand({ SecretId, ...input }));
  const dispose = async () => {
    client.destroy();
    await emulator.close();
  };
  return { client, put, read, move, current, [Symbol.asyncDispose]: dispose };
};

test('reads a version by its id and by its label, and describes which version has which', async () => {
  await using secret = await startWithVersions();

  const { VersionIdsToStages } = await secret.client.send(new DescribeSecretCommand({ SecretId }));

  expect(await secret.read({ VersionId: first })).toBe('one');
  expect(await secret.read({ VersionStage: 'intent-2' })).toBe('two');
  expect(VersionIdsToStages).toEqual({
    [String(secret.current)]: ['AWSCURRENT'],
    [first]: ['intent-1'],
    [second]: ['intent-2'],
  });
});

test('puts a value once for the same token, and refuses another value under it', async () => {
  await using secret = await startWithVersions();

  expect(await secret.put(first, 'one', 'intent-1')).toMatchObject({ VersionId: first });
  await expect(secret.put(first, 'another', 'intent-1')).rejects.toMatchObject({ name: 'ResourceExistsException' });
  expect(await secret.read({ VersionId: first })).toBe('one');
});

test('moves a label to another version; the version that loses AWSCURRENT gets AWSPREVIOUS', async () => {
  await using secret = await startWithVersions();

  await secret.move({
    VersionStage: 'AWSCURRENT',
    MoveToVersionId: second,
    RemoveFromVersionId: secret.current,
  });

  expect(await secret.read()).toBe('two');
  expect(await secret.read({ VersionStage: 'AWSPREVIOUS' })).toBe('old');
});

test('keeps the value of a version that lost its last label, and no longer lists it', async () => {
  await using secret = await startWithVersions();

  await secret.move({ VersionStage: 'intent-1', RemoveFromVersionId: first });

  const { VersionIdsToStages = {} } = await secret.client.send(new DescribeSecretCommand({ SecretId }));
  expect(Object.keys(VersionIdsToStages)).not.toContain(first);
  expect(await secret.read({ VersionId: first })).toBe('one');
});

test.each([
  [
    'without naming the version that has it',
    { VersionStage: 'AWSCURRENT', MoveToVersionId: second },
    'InvalidParameterException',
    "RemoveFromVersionId can't be empty",
  ],
  [
    'from a version that does not have it any more',
    { VersionStage: 'AWSCURRENT', MoveToVersionId: second, RemoveFromVersionId: first },
    'InvalidParameterException',
    'is not attached to version',
  ],
  [
    'from a version when none has it',
    { VersionStage: 'nobody', MoveToVersionId: second, RemoveFromVersionId: first },
    'InvalidParameterException',
    'is not attached to version',
  ],
  [
    'to a version that does not exist',
    { VersionStage: 'intent-3', MoveToVersionId: '33333333-3333-4333-8333-333333333333' },
    'ResourceNotFoundException',
    'secret version',
  ],
  ['nowhere', { VersionStage: 'intent-1' }, 'InvalidParameterException', 'MoveToVersionId'],
])('refuses to move a label %s', async (_what, input, name, message) => {
  await using secret = await startWithVersions();

  await expect(secret.move(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  expect(await secret.read()).toBe('old');
});

test('never removes AWSCURRENT altogether', async () => {
  await using secret = await startWithVersions();

  await expect(secret.move({ VersionStage: 'AWSCURRENT', RemoveFromVersionId: secret.current })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

/** A rotation function like AWS's template, which can be made to fail at a step. */
const startRotating = async (failing: { at?: RotationEvent['Step'] | undefined } = {}) => {
  const events: (RotationEvent & { readonly functionArn: string })[] = [];
  const emulator = await startSecretsManager({
    secrets: [anna],
    invokeRotationFunction: async (functionArn, event) => {
      events.push({ functionArn, ...event });
      if (event.Step === failing.at) throw new Error('no answer');
      const { SecretId, ClientRequestToken } = event;
      if (event.Step === 'createSecret')
        await client.send(
          new PutSecretValueCommand({
            SecretId,
            ClientRequestToken,
            SecretString: 'new',
            VersionStages: ['AWSPENDING'],
          }),
        );
      if (event.Step === 'finishSecret') {
        const { VersionId } = await client.send(new GetSecretValueCommand({ SecretId }));
        const move = { MoveToVersionId: ClientRequestToken, RemoveFromVersionId: VersionId };
        await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', ...move }));
      }
    },
  });
  const client = createClient(emulator.url);
  const rotate = (ClientRequestToken: string, RotationLambdaARN?: string) =>
    client.send(new RotateSecretCommand({ SecretId, ClientRequestToken, RotationLambdaARN }));
  const dispose = async () => {
    client.destroy();
    await emulator.close();
  };
  return { emulator, client, events, rotate, [Symbol.asyncDispose]: dispose };
};

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-token';

test('rotates through the four steps of the rotation function', async () => {
  await using rotating = await startRotating();

  const { VersionId } = await rotating.rotate(first, functionArn);
  await rotating.emulator.rotationsEnded();

  expect(VersionId).toBe(first);
  const { ARN = '' } = await rotating.client.send(new DescribeSecretCommand({ SecretId }));
  expect(rotating.events).toEqual(
    ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((Step) => ({
      functionArn,
      Step,
      SecretId: ARN,
      ClientRequestToken: first,
    })),
  );
  expect(rotating.emulator.rotations).toEqual([{ secret: SecretId, versionId: first, outcome: 'rotated' }]);
  expect(await rotating.client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({ SecretString: 'new' });
});

test('starts a rotation with an AWSPENDING version that has no value', async () => {
  await using rotating = await startRotating({ at: 'createSecret' });

  await rotating.rotate(first, functionArn);
  await rotating.emulator.rotationsEnded();

  expect(rotating.emulator.rotations).toMatchObject([{ outcome: { failedAt: 'createSecret' } }]);
  const { VersionIdsToStages } = await rotating.client.send(new DescribeSecretCommand({ SecretId }));
  expect(VersionIdsToStages).toMatchObject({ [first]: ['AWSPENDING'] });
  await expect(
    rotating.client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPENDING' })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('continues an unfinished rotation instead of starting another', async () => {
  const failing: Parameters<typeof startRotating>[0] = { at: 'testSecret' };
  await using rotating = await startRotating(failing);
  await rotating.rotate(first, functionArn);
  await rotating.emulator.rotationsEnded();
  failing.at = undefined;

  await expect(rotating.rotate(second)).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: expect.stringContaining("previous rotation isn't complete"),
  });
  await rotating.emulator.rotationsEnded();

  expect(rotating.emulator.rotations.at(-1)).toEqual({ secret: SecretId, versionId: first, outcome: 'rotated' });
  expect(new Set(rotating.events.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(new Set([first]));
});

test('retries an unfinished rotation on request, as Secrets Manager does after some time', async () => {
  const failing: Parameters<typeof startRotating>[0] = { at: 'finishSecret' };
  await using rotating = await startRotating(failing);
  await rotating.rotate(first, functionArn);
  await rotating.emulator.rotationsEnded();
  failing.at = undefined;

  rotating.emulator.reattemptRotation(SecretId);
  await rotating.emulator.rotationsEnded();

  expect(rotating.emulator.rotations.at(-1)).toMatchObject({ outcome: 'rotated' });
  expect(() => rotating.emulator.reattemptRotation(SecretId)).toThrow('no unfinished rotation');
});

test('rotates once for a repeated request', async () => {
  await using rotating = await startRotating();
  await rotating.rotate(first, functionArn);
  await rotating.emulator.rotationsEnded();

  await rotating.rotate(first);
  await rotating.emulator.rotationsEnded();

  expect(rotating.events).toHaveLength(4);
});

test('refuses to rotate a secret without a rotation function', async () => {
  await using rotating = await startRotating();

  await expect(rotating.rotate(first)).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: expect.stringContaining('No Lambda rotation function ARN'),
  });
});
