import { createReadTags } from '../../../functions/instances/directory.ts';
import {
  createFetchSecret,
  createFetchSecrets,
  createOpenSecret,
  notRead,
  secretProblems,
} from '../../../functions/instances/secrets.ts';
import { describeNames, sumUnreadable } from '../../../functions/instances/unreadable-secrets.ts';
import { failureKinds } from '../../../functions/logout/outcome.ts';
import { sectionOf, tableRowsOf } from '../../support/markdown.ts';

const called = (error: Error, more: object) => Object.assign(error, more);

test.each([
  [called(new Error('connect ECONNREFUSED 127.0.0.1:4566'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [called(new Error('Rate exceeded'), { name: 'ThrottlingException' }), 'ThrottlingException'],
  ['green-api/1101000001', 'unknown error'],
])('%s is reported by its name, without its message', (error, name) => {
  const failure = notRead('green-api/1101000001', error, 'secretsmanager:GetSecretValue');

  expect(failure).toEqual({ kind: 'unavailable', detail: `Secrets Manager: ${name}` });
});

const documented = tableRowsOf(sectionOf('docs/secrets-and-tags.md', 'When a secret cannot be read'))
  .slice(2)
  .flatMap(([answer = '', kind = '', duration = '']) =>
    [...answer.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, kind.replaceAll('`', ''), duration] as const),
  );

test.each(documented)('%s is %s, which is %s', async (name, kind, duration) => {
  const send = async () => Promise.reject(called(new Error('a text that may quote'), { name }));
  const readTags = createReadTags({ client: { send } as never, secretPrefix: 'green-api/' });

  const failure = await readTags('1101000001' as never);

  const durationOf = 'duration' in failure ? failure.duration : failureKinds[failure.kind as keyof typeof failureKinds];
  expect([failure.kind, durationOf]).toEqual([kind, duration]);
  expect(JSON.stringify(failure)).not.toContain('may quote');
});

test.each(documented)('a new version is not written because of %s: %s, which is %s', async (name, _kind, duration) => {
  const send = async () => Promise.reject(called(new Error('a text that may quote'), { name }));
  const secret = createOpenSecret({ send } as never)('green-api/1101000001', () => 10_000);

  const written = await secret.put({ versionId: '1'.repeat(32), text: '{}', stage: 'AWSPENDING' });

  expect(written).toEqual({ kind: 'failed', detail: `Secrets Manager: ${name}`, duration });
});

test('the page has each answer that is about the secret or a right', () => {
  expect(documented.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(secretProblems)));
});

const name = 'green-api/1101000001';

test.each([
  ['InvalidRequestException', 'it is scheduled for deletion: restore it with aws secretsmanager restore-secret'],
  [
    'AccessDeniedException',
    'access denied: allow secretsmanager:GetSecretValue. A new right takes some minutes to work',
  ],
])('%s tells what to do: %s', (error, problem) => {
  const failure = notRead(name, called(new Error(), { name: error }), 'secretsmanager:GetSecretValue');

  expect(failure).toMatchObject({
    kind: 'credential-unreadable',
    detail: `secret green-api/1101000001: ${problem}`,
  });
});

/** A Secrets Manager with one answer, and what was sent to it. */
const answering = (answer: object | Error) => {
  const sent: { readonly input: object; readonly options: unknown }[] = [];
  const send = async ({ input }: { readonly input: object }, options?: unknown) => {
    sent.push({ input, options });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { client: { send } as never, sent };
};

test('a binary secret has no credential', async () => {
  expect(await createFetchSecret(answering({ VersionId: 'v' }).client)(name)).toEqual({
    kind: 'credential-unreadable',
    detail: 'secret green-api/1101000001: it is binary: put the JSON into SecretString',
  });
});

test('several secrets are fetched by one request, without those that have no text', async () => {
  const { client, sent } = answering({
    SecretValues: [{ Name: name, SecretString: '{}' }, { Name: 'green-api/2' }, { SecretString: '{}' }],
  });

  expect(await createFetchSecrets(client)([name, 'green-api/2'])).toEqual({
    kind: 'secrets',
    texts: new Map([[name, '{}']]),
  });
  expect(sent).toMatchObject([{ input: { SecretIdList: [name, 'green-api/2'] } }]);
  expect(await createFetchSecrets(answering({}).client)([name])).toEqual({ kind: 'secrets', texts: new Map() });
  expect(await createFetchSecrets(answering(called(new Error(), { name: 'ThrottlingException' })).client)([])).toEqual({
    kind: 'unavailable',
    detail: 'Secrets Manager: ThrottlingException',
  });
});

describe('a version of a secret', () => {
  const open = (answer: object | Error, leftMs = 10_000) => {
    const { client, sent } = answering(answer);
    return { secret: createOpenSecret(client)(name, () => leftMs), sent };
  };
  const failing = (error: string) => open(called(new Error(), { name: error })).secret;
  const version = { VersionId: 'v', SecretString: '{}' };

  test.each([
    [
      { ...version, CreatedDate: new Date(7_000) },
      { kind: 'version', versionId: 'v', text: '{}', createdAtMs: 7_000 },
    ],
    [version, { kind: 'version', versionId: 'v', text: '{}', createdAtMs: 0 }],
    [{ VersionId: 'v' }, { kind: 'failed', detail: 'the secret is binary' }],
    [{ SecretString: '{}' }, { kind: 'failed', detail: 'the secret is binary' }],
  ])('%j is %j', async (answer, reading) => {
    expect(await open(answer).secret.read({ stage: 'AWSCURRENT' })).toEqual(reading);
  });

  test('is absent only if Secrets Manager says so', async () => {
    expect(await failing('ResourceNotFoundException').read({ versionId: 'v' })).toEqual({ kind: 'absent' });
    expect(await failing('ThrottlingException').read({ versionId: 'v' })).toEqual({
      kind: 'failed',
      detail: 'Secrets Manager: ThrottlingException',
      duration: 'passing',
    });
  });

  test('that exists with another value is not written', async () => {
    const written = await failing('ResourceExistsException').put({ versionId: 'v', text: '{}', stage: 'AWSPENDING' });

    expect(written).toEqual({ kind: 'other-value' });
  });

  test('gets a label, or Secrets Manager says why not', async () => {
    const { secret, sent } = open({});
    const move = { stage: 'AWSCURRENT', from: 'v', to: 'w' };

    expect(await secret.moveStage(move)).toEqual({ kind: 'done' });
    expect(sent.map(({ input }) => input)).toEqual([
      { SecretId: name, VersionStage: 'AWSCURRENT', RemoveFromVersionId: 'v', MoveToVersionId: 'w' },
    ]);
    expect(await failing('InvalidParameterException').moveStage(move)).toMatchObject({ kind: 'failed' });
  });

  test.each([
    [60_000, 15_000],
    [1_234.5, 1_234],
    [-5, 1],
  ])('is waited for as long as there is time, and 15 s at most: %d ms are %i ms', async (leftMs, longestMs) => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    const { secret, sent } = open(version, leftMs);

    await secret.read({ versionId: 'v' });

    expect(timeout.mock.calls).toEqual([[longestMs]]);
    expect(sent).toMatchObject([{ options: { abortSignal: expect.any(AbortSignal) } }]);
    timeout.mockRestore();
  });
});

describe('secrets that are not understood', () => {
  const advice =
    '(name each after its idInstance, tag it ignore = true, or put the prefix of another deployment into otherPrefixes)';

  test('of several lists are counted together, and 20 of them are named', () => {
    const lists = [1, 2].map((list) => ({ names: Array(15).fill(`green-api/x${list}`), count: 20 }));

    expect(sumUnreadable(lists)).toEqual({
      names: [...Array(15).fill('green-api/x1'), ...Array(5).fill('green-api/x2')],
      count: 40,
    });
    expect(sumUnreadable([])).toEqual({ names: [], count: 0 });
  });

  test.each([
    [['a', 'b'], 2, 'a, b'],
    [['a', 'b'], 5, 'a, b, 3 more'],
    [['x'.repeat(100)], 1, 'x'.repeat(100)],
    [['x'.repeat(101)], 1, `${'x'.repeat(100)}…`],
  ])('are named: %j of %i', (names, count, text) => {
    expect(describeNames({ names, count })).toBe(`${text} ${advice}`);
  });
});
