import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import type { TokenRotation } from '../../../functions/instances/token-rotation/attempt.ts';
import type { RotateToken } from '../../../functions/instances/token-rotation/rotate-token.ts';
import { createSetup, requestOf } from '../../support/run-setup.ts';

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
  [{ kind: 'not-rotated', detail: 'GREEN-API did not confirm the change' }],
  [{ kind: 'token-lost', detail: 'the answer was lost' }],
] as const)('a run fails if one rotation ends with %j, although everybody is logged out', async (result) => {
  const setup = setupOf();
  const { rotateToken } = createRotations({ '1101000002': [result] });

  const run = await setup.run(requestOf({ target, rotateToken: true }), { rotateToken });

  expect(run).toMatchObject({
    status: 'TokensNotRotated',
    message: 'the tokens of 1 of 2 instances were not rotated',
    progress: { loggedOut: 2, failed: 0 },
    outcomes: [{ token: { kind: 'rotated' } }, { token: result }],
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

test('in a deployment without token rotation, a run that requests it logs everybody out, and fails', async () => {
  const setup = setupOf();

  const run = await setup.run(requestOf({ target, rotateToken: true }));

  expect(run).toMatchObject({
    status: 'TokensNotRotated',
    progress: { loggedOut: 2 },
    outcomes: ids.map(() => ({ token: { kind: 'not-rotated', detail: 'this deployment does not rotate tokens' } })),
  });
});

test('a drill rotates nothing', async () => {
  const setup = setupOf();
  const { calls, rotateToken } = createRotations();

  await setup.run(requestOf({ target, rotateToken: true, dryRun: true }), { rotateToken });

  expect(calls).toEqual([]);
});
