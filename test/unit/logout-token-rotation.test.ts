import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { FaultName } from '../../emulators/green-api/faults.ts';
import type { Answer } from '../support/http-event.ts';
import { idInstance, markerToken, startLogoutSetup } from '../support/logout-setup.ts';
import { createClient } from '../support/secrets-manager-client.ts';

const enabled = { TOKEN_ROTATION: 'enabled' };
const body = '{"reason":"phone stolen","rotateToken":true}';

type Setup = Awaited<ReturnType<typeof startLogoutSetup>>;

const SecretId = `green-api/${idInstance}`;

const tokenInSecret = async ({ secretsManager }: Setup, id = idInstance): Promise<string> => {
  const command = new GetSecretValueCommand({ SecretId: `green-api/${id}` });
  const { SecretString } = await createClient(secretsManager.url).send(command);
  return JSON.parse(SecretString ?? '').apiTokenInstance;
};

const updatesOf = (setup: Setup, id = idInstance) => setup.greenApi.callsOf(id, 'updateApiToken');

test('a token is rotated after the confirmed logout, and the secret holds the new one', async () => {
  await using setup = await startLogoutSetup({ variables: enabled });

  const answer = await setup.logOut({ wait: 5, body });

  expect([answer.status, answer.body]).toEqual([
    200,
    {
      idInstance,
      isLogout: true,
      confirmed: true,
      confirmedAt: expect.stringMatching(/^2.*Z$/),
      readings: 1,
      stateInstance: 'notAuthorized',
      token: { rotated: true },
    },
  ]);
  expect(await tokenInSecret(setup)).toBe(setup.greenApi.tokenOf(idInstance));
  expect(await tokenInSecret(setup)).not.toBe(markerToken);
  expect(updatesOf(setup)).toHaveLength(1);
  expect(setup.evidence()).toMatchObject([{ token: { kind: 'rotated' }, tokenNotRotated: 0, tokenLost: 0 }]);
  expect(setup.lines.join('')).not.toContain(setup.greenApi.tokenOf(idInstance));
});

test('an old token that still works is named in the answer and the evidence, and counts as no failure', async () => {
  await using setup = await startLogoutSetup({ variables: enabled });
  const id = '1101000009';
  setup.add(id, { oldTokenValidMs: 600_000 });

  const answer = await setup.logOut({ id, wait: 5, body });

  expect([answer.status, answer.body.token]).toEqual([200, { rotated: true, oldTokenStillWorks: true }]);
  expect(setup.evidence()).toMatchObject([
    { token: { kind: 'rotated', oldTokenStillWorks: true }, tokenNotRotated: 0, tokenLost: 0 },
  ]);
  expect(setup.evidence()[0]).not.toHaveProperty('oldTokenStillWorks');
  expect(setup.lines.join('')).not.toContain(markerToken);
});

test('the next logout of a warm copy uses the new token', async () => {
  await using setup = await startLogoutSetup({ variables: enabled });
  await setup.logOut({ wait: 5, body });

  const { status } = await setup.logOut({ wait: 3 });

  expect(status).toBe(200);
});

test('clearing the queue is reported together with the logout', async () => {
  await using setup = await startLogoutSetup();

  const answer = await setup.logOut({ wait: 5, body: '{"clearQueue":true}' });

  expect([answer.status, answer.body.queue]).toEqual([200, { cleared: true }]);
  expect(setup.evidence()).toMatchObject([{ queue: { cleared: true } }]);
});

test('the queue of an instance that may still be linked is not cleared: its messages are still to be sent', async () => {
  await using setup = await startLogoutSetup();
  setup.break('http-500', { method: 'logout' });

  const answer = await setup.logOut({ wait: 1, body: '{"clearQueue":true}' });

  expect([answer.status, answer.body.queue]).toEqual([503, undefined]);
  expect(setup.greenApi.callsOf(idInstance, 'clearMessagesQueue')).toEqual([]);
});

/** A process that wakes up late has no time left, and rightly rotates no token: it tries again. */
const logOutWithHangingQueue = async (tries = 5): Promise<Answer> => {
  await using setup = await startLogoutSetup({ variables: { ...enabled, GREEN_API_TIMEOUT_MS: '25000' } });
  setup.break('hang', { method: 'clearMessagesQueue' });
  const answer = await setup.logOut({ wait: 3, body: '{"clearQueue":true,"rotateToken":true}', remainingMs: 22_000 });
  return answer.body.code === 'token-not-rotated' && tries > 1 ? logOutWithHangingQueue(tries - 1) : answer;
};

test('a queue that is not cleared in time leaves time for the rotation', async () => {
  const answer = await logOutWithHangingQueue();

  expect([answer.status, answer.body.queue, answer.body.token]).toEqual([
    200,
    { cleared: false, detail: 'GREEN-API did not answer in time' },
    { rotated: true },
  ]);
});

test('a deployment without token rotation refuses the request before any call', async () => {
  await using setup = await startLogoutSetup();

  const { status, body: problem } = await setup.logOut({ wait: 5, body });

  expect([status, problem.code]).toEqual([409, 'token-rotation-disabled']);
  expect(problem).toMatchObject({ idInstance, confirmed: false, retryable: false });
  expect(setup.greenApi.callsOf(idInstance, 'logout')).toEqual([]);
  expect(setup.evidence()).toEqual([]);
});

test('without time for a rotation the logout is confirmed, and nothing else is called', async () => {
  await using setup = await startLogoutSetup({ variables: enabled });

  const { status, body: problem } = await setup.logOut({ wait: 5, body, remainingMs: 10_000 });

  expect([status, problem.code, problem.confirmed, problem.retryable]).toEqual([502, 'token-not-rotated', true, true]);
  expect(updatesOf(setup)).toEqual([]);
});

test('without a confirmation the token is not rotated', async () => {
  await using setup = await startLogoutSetup({ variables: enabled });

  const { status, body: answer } = await setup.logOut({ wait: 0, body });

  expect([status, answer.token]).toEqual([202, { rotated: false }]);
  expect(updatesOf(setup)).toEqual([]);
});

test.each([
  ['by Secrets Manager', 'AWSPENDING'],
  ['by this service, also if it was interrupted', 'GREEN_API_ROTATION_TOKEN'],
])('a logout that meets a rejected token uses the new one of a rotation %s', async (_by, stage) => {
  await using setup = await startLogoutSetup();
  setup.greenApi.changeToken(idInstance, 'b'.repeat(50));
  const SecretString = JSON.stringify({ apiUrl: setup.greenApi.apiUrl, apiTokenInstance: 'b'.repeat(50) });
  await createClient(setup.secretsManager.url).send(
    new PutSecretValueCommand({ SecretId, SecretString, VersionStages: [stage] }),
  );

  const { status } = await setup.logOut({ wait: 3 });

  expect(status).toBe(200);
});

describe('updateApiToken fails after a confirmed logout', () => {
  const rows: readonly (readonly [FaultName, string, boolean])[] = [
    ['token-changed-but-500', 'token-lost', false],
    ['token-changed-but-reset', 'token-lost', false],
    ['token-changed-but-empty-object', 'token-lost', false],
    ['token-changed-but-code-401', 'token-lost', false],
    ['http-500', 'token-not-rotated', true],
    ['http-429', 'token-not-rotated', true],
    ['code-401', 'token-not-rotated', true],
    ['empty-object', 'token-not-rotated', true],
  ];
  const idOf = (fault: FaultName) => String(1_101_000_101 + rows.findIndex(([name]) => name === fault));

  let setup: Setup;
  let answers: ReadonlyMap<FaultName, Answer>;
  beforeAll(async () => {
    setup = await startLogoutSetup({ variables: enabled });
    // All at once, because they only wait.
    const answered = rows.map(async ([fault]) => {
      const id = idOf(fault);
      setup.add(id);
      setup.greenApi.setFault(id, fault, { method: 'updateApiToken' });
      return [fault, await setup.logOut({ id, wait: 5, body })] as const;
    });
    answers = new Map(await Promise.all(answered));
  });
  afterAll(() => setup?.[Symbol.asyncDispose]());

  test.each(rows)('%s is %s', async (fault, code, retryable) => {
    const id = idOf(fault);
    const { status, body: problem } = answers.get(fault) ?? {};

    expect([status, problem?.code, problem?.confirmed, problem?.retryable]).toEqual([502, code, true, retryable]);
    expect(updatesOf(setup, id)).toHaveLength(1);
    expect(setup.evidence().filter((record) => record.idInstance === id)).toMatchObject([
      {
        outcome: { confirmed: true },
        token: { kind: retryable ? 'not-rotated' : 'token-lost' },
        tokenLost: Number(!retryable),
      },
    ]);
    expect(await tokenInSecret(setup, id)).toBe(markerToken);
  });
});
