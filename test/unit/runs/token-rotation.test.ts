import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import type { TokenRotation } from '../../../functions/instances/token-rotation/attempt.ts';
import type { OldToken, TestOldToken } from '../../../functions/instances/token-rotation/old-token.ts';
import type { RotateToken } from '../../../functions/instances/token-rotation/rotate-token.ts';
import { metricsOf } from '../../../functions/logout/evidence.ts';
import { resultsAtEnd } from '../../../functions/runs/results-from-steps.ts';
import { createSetup, requestOf, runId } from '../../support/run-setup.ts';

const ids = ['1101000001', '1101000002'] as unknown as readonly InstanceId[];
const target = { instances: ids };

/** Rotations with these results, by instance. A rotation without a given result succeeds. */
const createRotations = (results: Readonly<Record<string, readonly TokenRotation[]>> = {}) => {
  const left = new Map(Object.entries(results).map(([id, each]) => [id, [...each]]));
  const calls: Parameters<RotateToken>[0][] = [];
  const rotateToken: RotateToken = async (request) => {
    calls.push(request);
    return left.get(request.idInstance)?.shift() ?? { kind: 'rotated' };
  };
  return { calls, rotateToken };
};

const setupOf = () => createSetup(Object.fromEntries(ids.map((id) => [id, { state: ['notAuthorized'] }])));

test('a run rotates the token of each instance after its logout is confirmed', async () => {
  const setup = setupOf();
  const { calls, rotateToken } = createRotations();

  const run = await setup.run(requestOf({ target, rotateToken: true }), { rotateToken });

  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    progress: { loggedOut: 2, failed: 0, pending: 0 },
    outcomes: ids.map((idInstance) => ({ idInstance, confirmed: true, token: { kind: 'rotated' } })),
  });
  expect(calls.map(({ idInstance }) => idInstance).toSorted()).toEqual(ids);
  expect(setup.evidence.map(({ outcome, token }) => [outcome.confirmed, token])).toEqual([
    [true, { kind: 'rotated' }],
    [true, { kind: 'rotated' }],
  ]);
});

test.each([
  [
    { kind: 'not-rotated', detail: 'GREEN-API did not confirm the change' },
    'the tokens of 1 of 2 instances were not rotated',
  ],
  [{ kind: 'token-lost', detail: 'the answer was lost' }, 'the new tokens of 1 of 2 instances may be lost'],
] as const)('a run fails if one rotation ends with %j, although everybody is logged out', async (result, message) => {
  const setup = setupOf();
  const { rotateToken } = createRotations({ '1101000002': [result] });
  const testOldToken = jest.fn(setup.dependencies.testOldToken);

  const run = await setup.run(requestOf({ target, rotateToken: true }), { rotateToken, testOldToken });

  expect(run).toMatchObject({
    status: 'TokensNotRotated',
    message,
    progress: { loggedOut: 2, failed: 0 },
    outcomes: [{ token: { kind: 'rotated' } }, { token: result }],
  });
  expect(testOldToken.mock.calls.map(([{ idInstance }]) => idInstance)).toEqual(ids.slice(0, 1));
});

test('a token that is not rotated is named after a secret that is not understood, and with it', async () => {
  const tags = { group: 'sales' };
  const setup = createSetup({ '1101000001': { tags } }, [{ secretName: 'green-api/old', ...tags }]);
  const { rotateToken } = createRotations({ '1101000001': [{ kind: 'not-rotated', detail: 'HTTP 500' }] });

  const run = await setup.run(requestOf({ target: tags, rotateToken: true }), { rotateToken });

  expect(run).toMatchObject({
    status: 'UnreadableSecret',
    message:
      'the tokens of 1 of 1 instances were not rotated; 1 secret of the target is not understood, so somebody may still be logged in',
  });
});

test('a rotation that could not start is retried in the next round, with the same decision', async () => {
  const setup = setupOf();
  const busy = { kind: 'not-rotated', detail: 'another rotation is under way', notBegun: true } as const;
  const { calls, rotateToken } = createRotations({ '1101000001': [busy, busy] });

  const run = await setup.run(requestOf({ target, rotateToken: true }), { rotateToken });

  expect(run.status).toBe('SUCCEEDED');
  expect(calls.filter(({ idInstance }) => idInstance === '1101000001')).toHaveLength(3);
  expect(new Set(calls.map(({ decision }) => decision)).size).toBe(1);
});

test('a rotation that cannot start before the run expires fails the run, but not the logout', async () => {
  const setup = setupOf();
  const rotateToken: RotateToken = async () => ({ kind: 'not-rotated', detail: 'the secret is busy', notBegun: true });

  const run = await setup.run(
    requestOf({ target: { instances: ids.slice(0, 1) }, rotateToken: true, expiresAt: '2026-11-30T18:00:00Z' }),
    { rotateToken },
  );

  expect(run).toMatchObject({
    status: 'TokensNotRotated',
    outcomes: [
      { confirmed: true, token: { kind: 'not-rotated', detail: 'the run expired before the token was rotated' } },
    ],
  });
});

test.each([
  ['is met again, until it works', 3, 'SUCCEEDED', 'rotated'],
  ['is final after ten minutes', 1_000, 'TokensNotRotated', 'not-rotated'],
])('a denied right to write the secret %s', async (_name, denials, status, kind) => {
  const denied = {
    kind: 'not-rotated',
    detail: 'the secret cannot be written: Secrets Manager: AccessDeniedException',
    notBegun: true,
    duration: 'passing for ten minutes',
  } as const;
  const setup = setupOf();
  const { calls, rotateToken } = createRotations({ '1101000001': Array.from({ length: denials }, () => denied) });

  const run = await setup.run(requestOf({ target: { instances: ids.slice(0, 1) }, rotateToken: true }), {
    rotateToken,
  });

  expect(run).toMatchObject({ status, outcomes: [{ kind: 'logged-out', token: { kind } }] });
  expect(run.outcomes[0]?.token?.detail).toBe(kind === 'rotated' ? undefined : denied.detail);
  expect(calls.length).toBeGreaterThan(3);
  const minutes = (setup.clock.now().getTime() - Date.parse('2026-11-30T17:00:00Z')) / 60_000;
  expect(minutes).toBeLessThan(25);
});

test('in a deployment without token rotation, a run that requests it logs everybody out, and fails', async () => {
  const setup = setupOf();

  const run = await setup.run(requestOf({ target, rotateToken: true }));

  expect(run).toMatchObject({
    status: 'TokensNotRotated',
    progress: { loggedOut: 2 },
    outcomes: ids.map(() => ({ token: { kind: 'not-rotated', detail: 'this deployment does not rotate tokens' } })),
  });
});

test('the token of an instance that was already logged out is rotated too', async () => {
  const setup = createSetup({ '1101000001': { logout: [{ kind: 'not-authorized', detail: 'HTTP 400' }] } });
  const { rotateToken } = createRotations();

  const run = await setup.run(requestOf({ rotateToken: true }), { rotateToken });

  expect(run.outcomes).toMatchObject([{ kind: 'already-logged-out', token: { kind: 'rotated' } }]);
});

test('a drill rotates nothing', async () => {
  const setup = setupOf();
  const { calls, rotateToken } = createRotations();

  await setup.run(requestOf({ target, rotateToken: true, dryRun: true }), { rotateToken });

  expect(calls).toEqual([]);
});

describe('the old token, half a minute after the rotation', () => {
  const { rotateToken } = createRotations();
  const request = requestOf({ target, rotateToken: true });

  /** Tests with these results, by instance. A test without a given result finds the old token dead. */
  const createTests = (results: Readonly<Record<string, readonly OldToken[]>>, now: () => Date) => {
    const left = new Map(Object.entries(results).map(([id, each]) => [id, [...each]]));
    const at: string[] = [];
    const testOldToken: TestOldToken = async ({ idInstance, decision }) => {
      at.push(`${now().toISOString().slice(14, 19)} ${idInstance} ${decision}`);
      return left.get(idInstance)?.shift() ?? { kind: 'dead' };
    };
    return { at, testOldToken };
  };

  test('is tested in a round of its own, with the decision of the rotation', async () => {
    const setup = setupOf();
    const { at, testOldToken } = createTests({}, setup.clock.now);

    const run = await setup.run(request, { rotateToken, testOldToken });

    expect(run.status).toBe('SUCCEEDED');
    expect(run.waits).toEqual([1, 2, 30]);
    expect(at).toEqual(ids.map((id) => `00:33 ${id} run ${runId}`));
    expect(setup.evidence.map(({ token }) => token)).toEqual([{ kind: 'rotated' }, { kind: 'rotated' }]);
  });

  test('still works: the outcome is rotated and says so, the run fails, and the evidence counts it', async () => {
    const setup = setupOf();
    const { testOldToken } = createTests({ '1101000002': [{ kind: 'works' }] }, setup.clock.now);

    const run = await setup.run(request, { rotateToken, testOldToken });

    expect(run).toMatchObject({
      status: 'TokensNotRotated',
      message: 'the old tokens of 1 of 2 instances still work',
      progress: { loggedOut: 2, failed: 0 },
    });
    expect(run.outcomes.map(({ token }) => token)).toEqual([
      { kind: 'rotated' },
      { kind: 'rotated', oldTokenStillWorks: true },
    ]);
    expect(setup.evidence.map(({ token }) => token)).toEqual(run.outcomes.map(({ token }) => token));
    const figures = setup.evidence.map((evidence) => metricsOf(evidence, 'green-api-logout', new Date()));
    expect(figures).toMatchObject([
      { oldTokenStillWorks: 0, tokenNotRotated: 0, tokenLost: 0 },
      { oldTokenStillWorks: 1, tokenNotRotated: 0, tokenLost: 0 },
    ]);
  });

  test('cannot be tested for a moment: it is tested again', async () => {
    const setup = setupOf();
    const unknown = { kind: 'unknown', detail: 'Secrets Manager: ThrottlingException' } as const;
    const { at, testOldToken } = createTests({ '1101000001': [unknown, unknown, { kind: 'works' }] }, setup.clock.now);

    const run = await setup.run(request, { rotateToken, testOldToken });

    expect(run.outcomes[0]?.token).toEqual({ kind: 'rotated', oldTokenStillWorks: true });
    expect(at.filter((each) => each.includes('1101000001'))).toHaveLength(3);
  });

  test('can never be tested: the token is rotated all the same, and the detail says what is not known', async () => {
    const setup = setupOf();
    const testOldToken: TestOldToken = async () => ({ kind: 'unknown', detail: 'not known: GREEN-API did not answer' });

    const run = await setup.run(request, { rotateToken, testOldToken });

    expect(run.status).toBe('SUCCEEDED');
    expect(run.outcomes[0]?.token).toEqual({ kind: 'rotated', detail: 'not known: GREEN-API did not answer' });
    const minutes = (setup.clock.now().getTime() - Date.parse('2026-11-30T17:00:00Z')) / 60_000;
    expect(minutes).toBeLessThan(30);
  });

  test('is not tested if the run expires before, and then the detail says so', async () => {
    const setup = setupOf();

    const run = await setup.run({ ...request, expiresAt: '2026-11-30T17:00:20Z' }, { rotateToken });

    expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { loggedOut: 2 } });
    expect(run.outcomes[0]?.token).toEqual({
      kind: 'rotated',
      detail: 'the run expired before the old token was tested',
    });
  });

  test('a run that is stopped before the test still says that the token is rotated', async () => {
    const setup = setupOf();
    const { steps } = await setup.run(request, { rotateToken });
    const beforeTest = steps.filter(({ name }) => name !== 'round-4-batch-1');

    const { outcomes } = resultsAtEnd(beforeTest, new Set(), 'the run was stopped');

    expect(outcomes).toMatchObject(
      ids.map(() => ({
        kind: 'logged-out',
        token: { kind: 'rotated', detail: 'the run was stopped before the old token was tested' },
      })),
    );
  });

  test('waits for no other instance, and holds none back', async () => {
    const setup = createSetup({
      '1101000001': { state: ['notAuthorized'] },
      '1101000002': { state: ['authorized', 'authorized', 'authorized', 'authorized', 'notAuthorized'] },
    });
    const { at, testOldToken } = createTests({}, setup.clock.now);

    const run = await setup.run(request, { rotateToken, testOldToken });

    expect(run.status).toBe('SUCCEEDED');
    expect(run.operations.length).toBeLessThan(30);
    expect(at).toHaveLength(2);
    expect(at.map((each) => each.slice(0, 5) >= '00:30')).toEqual([true, true]);
    expect(run.waits[2]).toBeLessThan(30);
  });
});
