import {
  BatchGetSecretValueCommand,
  DescribeSecretCommand,
  type Filter,
  GetSecretValueCommand,
  ListSecretsCommand,
  paginateListSecrets,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { createClient } from '../../test/support/secrets-manager-client.ts';
import { startSecretsManager } from './emulator.ts';

const anna = {
  name: 'green-api/1101000001',
  secretString: '{"apiTokenInstance":"a"}',
  tags: { owner: 'anna@example.com' },
};
const ben = { name: 'green-api/1101000002', secretString: '{"apiTokenInstance":"b"}', tags: { group: 'Sales team' } };
const other = { name: 'other', secretString: 'x', tags: { protected: 'true' } };

test('reads a secret by its name, its ARN and its ARN without the ending', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  const read = await client.send(new GetSecretValueCommand({ SecretId: anna.name }));

  expect(read).toMatchObject({
    Name: anna.name,
    ARN: expect.stringMatching(/^arn:aws:secretsmanager:[^:]+:\d{12}:secret:green-api\/1101000001-[A-Za-z0-9]{6}$/),
    SecretString: anna.secretString,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: expect.any(Date),
  });
  for (const SecretId of [read.ARN, read.ARN?.slice(0, -7)]) {
    expect(await client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({ VersionId: read.VersionId });
  }
});

test('is found by the SDK through AWS_ENDPOINT_URL_SECRETS_MANAGER', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = emulator.url;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ region: 'eu-central-1', credentials });

  const read = await client.send(new GetSecretValueCommand({ SecretId: anna.name }));

  expect(read.SecretString).toBe(anna.secretString);
  client.destroy();
  delete process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
});

test('returns bytes as bytes', async () => {
  const secretBinary = new Uint8Array([0, 255, 128]);
  await using emulator = await startSecretsManager({ secrets: [{ name: 'bytes', secretBinary }] });
  using client = createClient(emulator.url);

  const { SecretBinary, SecretString } = await client.send(new GetSecretValueCommand({ SecretId: 'bytes' }));

  expect(Buffer.from(SecretBinary ?? []).toString('hex')).toBe('00ff80');
  expect(SecretString).toBeUndefined();
});

test.each([
  ['a secret nobody made', { SecretId: 'none' }, "can't find the specified secret."],
  ['a version nobody made', { SecretId: anna.name, VersionId: 'v'.repeat(32) }, 'for VersionId: vvv'],
  ['a stage no version has', { SecretId: anna.name, VersionStage: 'AWSPREVIOUS' }, 'for staging label: AWSPREVIOUS'],
])('cannot find %s', async (_what, input, message) => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  await expect(client.send(new GetSecretValueCommand(input))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining(message),
  });
});

test('describes a secret without its value', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  const described = await client.send(new DescribeSecretCommand({ SecretId: anna.name }));

  expect(described).toMatchObject({ Name: anna.name, Tags: [{ Key: 'owner', Value: 'anna@example.com' }] });
  expect(Object.values(described.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT']]);
  expect(described.DeletedDate).toBeUndefined();
  expect(JSON.stringify(described)).not.toContain('apiTokenInstance');
});

test('lists 250 secrets in three pages, each once, in the order of their creation', async () => {
  const names = Array.from({ length: 250 }, (_, at) => `green-api/${at}`);
  await using emulator = await startSecretsManager({ secrets: names.map((name) => ({ name, secretString: 'x' })) });
  using client = createClient(emulator.url);

  const pages = [];
  for await (const page of paginateListSecrets({ client }, {})) pages.push(page);

  expect(pages.map(({ SecretList = [] }) => SecretList.length)).toEqual([100, 100, 50]);
  expect(pages.flatMap(({ SecretList = [] }) => SecretList.map(({ Name }) => Name))).toEqual(names);
});

test('continues at the right place when secrets are added and removed between two pages', async () => {
  const secrets = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
  await using emulator = await startSecretsManager({ secrets });
  using client = createClient(emulator.url);
  const list = async (NextToken?: string) => {
    const page = await client.send(new ListSecretsCommand({ MaxResults: 2, NextToken }));
    return { names: page.SecretList?.map(({ Name }) => Name), NextToken: page.NextToken };
  };

  const first = await list();
  emulator.remove('b');
  emulator.put({ name: 'e' });
  const second = await list(first.NextToken);

  expect(first.names).toEqual(['a', 'b']);
  expect(second).toEqual({ names: ['c', 'd'], NextToken: expect.any(String) });
});

test.each<[string, Filter[], string[]]>([
  ['a prefix of the name', [{ Key: 'name', Values: ['green-api/'] }], [anna.name, ben.name]],
  ['the name in another case', [{ Key: 'name', Values: ['Green-api/'] }], []],
  ['either of two values', [{ Key: 'name', Values: ['other', 'green-api/1101000002'] }], [ben.name, other.name]],
  [
    'two filters at once',
    [
      { Key: 'name', Values: ['green-api/'] },
      { Key: 'name', Values: ['green-api/1101000002', 'other'] },
    ],
    [ben.name],
  ],
])('lists by %s', async (_what, Filters, expected) => {
  await using emulator = await startSecretsManager({ secrets: [anna, ben, other] });
  using client = createClient(emulator.url);

  const { SecretList = [] } = await client.send(new ListSecretsCommand({ Filters }));

  expect(SecretList.map(({ Name }) => Name)).toEqual(expected);
});

test('refuses a filter that it does not emulate, rather than list everything', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna] });
  using client = createClient(emulator.url);

  const refused = client.send(new ListSecretsCommand({ Filters: [{ Key: 'tag-key', Values: ['owner'] }] }));

  await expect(refused).rejects.toMatchObject({ name: 'ValidationException' });
});

test("throttles lists above AWS's quota of 100 per second, and nothing else", async () => {
  await using emulator = await startSecretsManager({ secrets: [anna], listsPerSecond: 2, now: () => 0 });
  using client = createClient(emulator.url);
  const list = () =>
    client.send(new ListSecretsCommand({})).then(
      () => 'listed',
      ({ name }) => name,
    );

  const lists = await Promise.all([list(), list(), list(), list(), list(), list(), list(), list()]);

  expect(lists.toSorted()).toEqual([...Array(6).fill('ThrottlingException'), 'listed', 'listed']);
  expect(await client.send(new GetSecretValueCommand({ SecretId: anna.name }))).toMatchObject({ Name: anna.name });
});

test('refuses a token that is not its own, and a page that is too large', async () => {
  await using emulator = await startSecretsManager();
  using client = createClient(emulator.url);

  await expect(client.send(new ListSecretsCommand({ NextToken: 'x' }))).rejects.toMatchObject({
    name: 'InvalidNextTokenException',
  });
  await expect(client.send(new ListSecretsCommand({ MaxResults: 101 }))).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining("'MaxResults'"),
  });
});

test('reads a batch, and reports why each unreadable secret could not be read', async () => {
  await using emulator = await startSecretsManager({ secrets: [anna, ben] });
  emulator.setFault('GetSecretValue', 'access-denied', { secretId: ben.name });
  using client = createClient(emulator.url);

  const SecretIdList = [anna.name, ben.name, 'none'];
  const { SecretValues, Errors } = await client.send(new BatchGetSecretValueCommand({ SecretIdList }));

  expect(SecretValues).toEqual([expect.objectContaining({ Name: anna.name, SecretString: anna.secretString })]);
  expect(Errors).toEqual([
    { SecretId: ben.name, ErrorCode: 'AccessDeniedException', Message: expect.any(String) },
    { SecretId: 'none', ErrorCode: 'ResourceNotFoundException', Message: expect.any(String) },
  ]);
});

test.each([
  ['neither ids nor filters', {}, 'ValidationException'],
  ['21 ids', { SecretIdList: Array(21).fill('a') }, 'ValidationException'],
])('refuses a batch with %s', async (_what, input, name) => {
  await using emulator = await startSecretsManager();
  using client = createClient(emulator.url);

  await expect(client.send(new BatchGetSecretValueCommand(input))).rejects.toMatchObject({ name });
});
