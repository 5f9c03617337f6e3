import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { createClient } from '../../test/support/secrets-manager-client.ts';
import { startSecretsManager } from './emulator.ts';

const Name = 'green-api/1101000001';
const anna = { name: Name, secretString: 'old' };
const marked = { name: 'InvalidRequestException', message: expect.stringContaining('marked for deletion') };

test('creates a secret with its value and tags', async () => {
  await using emulator = await startSecretsManager();
  using client = createClient(emulator.url);

  const created = await client.send(
    new CreateSecretCommand({
      Name,
      SecretString: 'new',
      Description: 'Front desk',
      Tags: [{ Key: 'owner', Value: 'anna' }],
    }),
  );

  const read = await client.send(new GetSecretValueCommand({ SecretId: created.ARN }));
  expect(read).toMatchObject({ Name, SecretString: 'new', VersionId: created.VersionId });
  expect(await client.send(new DescribeSecretCommand({ SecretId: Name }))).toMatchObject({
    Description: 'Front desk',
    Tags: [{ Key: 'owner', Value: 'anna' }],
  });
});

test('creates a secret once for the same token and value, and refuses the name otherwise', async () => {
  await using emulator = await startSecretsManager();
  using client = createClient(emulator.url);
  const ClientRequestToken = '8b3f5a52-5d0f-4bd9-9a43-6f3f2f1c9d10';
  const create = (SecretString: string) =>
    client.send(new CreateSecretCommand({ Name, SecretString, ClientRequestToken }));

  const { ARN, VersionId } = await create('new');

  expect(await create('new')).toMatchObject({ ARN, VersionId });
  await expect(create('newer')).rejects.toMatchObject({ name: 'ResourceExistsException' });
});

test.each([
  ['a name with a space', { Name: 'green api' }, 'ValidationException'],
  ['text and bytes', { Name, SecretString: 'a', SecretBinary: new Uint8Array([1]) }, 'InvalidParameterException'],
  ['more than 64 KB', { Name, SecretString: 'x'.repeat(65_537) }, 'ValidationException'],
  ['a tag with an apostrophe', { Name, Tags: [{ Key: 'owner', Value: "o'brien" }] }, 'ValidationException'],
  ["a tag of AWS's own", { Name, Tags: [{ Key: 'aws:owner', Value: 'a' }] }, 'InvalidParameterException'],
])('refuses to create a secret with %s', async (_what, input, name) => {
  await using emulator = await startSecretsManager();
  using client = createClient(emulator.url);

  await expect(client.send(new CreateSecretCommand(input))).rejects.toMatchObject({ name });
  expect((await client.send(new ListSecretsCommand({}))).SecretList).toEqual([]);
});

test('never repeats a value that it refuses', async () => {
  await using emulator = await startSecretsManager();
  using client = createClient(emulator.url);

  const refused = client.send(new CreateSecretCommand({ Name, SecretString: 'marker'.repeat(20_000) }));

  await expect(refused).rejects.toMatchObject({ message: expect.not.stringContaining('marker') });
});

test('puts a new value, and keeps the one before as AWSPREVIOUS', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'newer' }));
  await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'newest' }));

  const read = async (VersionStage?: string) =>
    (await client.send(new GetSecretValueCommand({ SecretId: Name, VersionStage }))).SecretString;
  expect(await read()).toBe('newest');
  expect(await read('AWSPREVIOUS')).toBe('newer');
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: Name }));
  expect(Object.keys(VersionIdsToStages)).toHaveLength(2);
});

test('stores a value under another stage without changing the current one', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: 'next', VersionStages: ['AWSPENDING'] }));

  const read = async (VersionStage: string) =>
    (await client.send(new GetSecretValueCommand({ SecretId: Name, VersionStage }))).SecretString;
  expect(await read('AWSCURRENT')).toBe('old');
  expect(await read('AWSPENDING')).toBe('next');
});

test('adds, replaces and removes tags', async () => {
  await using emulator = await startSecretsManager({ secrets: [{ ...anna, tags: { owner: 'anna', group: 'sales' } }] });
  using client = createClient(emulator.url);
  const tags = async () => (await client.send(new DescribeSecretCommand({ SecretId: Name }))).Tags;

  await client.send(new TagResourceCommand({ SecretId: Name, Tags: [{ Key: 'owner', Value: 'ben' }] }));
  await client.send(new UntagResourceCommand({ SecretId: Name, TagKeys: ['group'] }));
  expect(await tags()).toEqual([{ Key: 'owner', Value: 'ben' }]);
  emulator.tag(Name, { protected: 'true' });
  expect(await tags()).toHaveLength(2);
});

test('marks a secret for deletion: it can be described, and no longer read, listed or changed', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  await client.send(new DeleteSecretCommand({ SecretId: Name, RecoveryWindowInDays: 7 }));

  const described = await client.send(new DescribeSecretCommand({ SecretId: Name }));
  expect(described.DeletedDate).toBeInstanceOf(Date);
  const list = async (IncludePlannedDeletion: boolean) =>
    (await client.send(new ListSecretsCommand({ IncludePlannedDeletion }))).SecretList;
  expect(await list(false)).toHaveLength(0);
  expect(await list(true)).toHaveLength(1);
  await expect(client.send(new GetSecretValueCommand({ SecretId: Name }))).rejects.toMatchObject(marked);
  const put = new PutSecretValueCommand({ SecretId: Name, SecretString: 'x' });
  await expect(client.send(put)).rejects.toMatchObject(marked);
  await expect(client.send(new CreateSecretCommand({ Name }))).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: expect.stringContaining('scheduled for deletion'),
  });
});

test('a forced deletion is immediate, also of a marked secret, and the name can be used again', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);
  await client.send(new DeleteSecretCommand({ SecretId: Name }));

  await client.send(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true }));

  await expect(client.send(new DescribeSecretCommand({ SecretId: Name }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await client.send(new CreateSecretCommand({ Name }));
});

test('a forced deletion of a secret that does not exist is not an error', async () => {
  await using emulator = await startSecretsManager();
  using client = createClient(emulator.url);

  const deleted = await client.send(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true }));

  expect(deleted).toMatchObject({ Name, ARN: expect.stringContaining(Name) });
  await expect(client.send(new DeleteSecretCommand({ SecretId: Name }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('accepts a tag without a value', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  await client.send(new TagResourceCommand({ SecretId: Name, Tags: [{ Key: 'protected' }] }));

  const { Tags } = await client.send(new DescribeSecretCommand({ SecretId: Name }));
  expect(Tags).toEqual([{ Key: 'protected' }]);
});

test.each([
  ['a window of a day', { RecoveryWindowInDays: 1 }],
  ['a window and force', { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }],
])('refuses to delete with %s', async (_what, input) => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  await expect(client.send(new DeleteSecretCommand({ SecretId: Name, ...input }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});
