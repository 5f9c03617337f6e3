import { setTimeout as sleep } from 'node:timers/promises';
import { createGreenApi, type GreenApi } from '../../../functions/green-api/client.ts';
import type { Credential } from '../../../functions/green-api/credential.ts';
import type { SendGet } from '../../../functions/green-api/exchange.ts';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { createRateLimiter } from '../../../functions/green-api/rate-limiter.ts';
import type { CallWithCredential } from '../../../functions/instances/call-with-credential.ts';
import { createConfirm } from '../../../functions/logout/confirmation.ts';
import type { Evidence } from '../../../functions/logout/evidence.ts';
import { createLogOut } from '../../../functions/logout/log-out.ts';
import { type Deadline, deadlineIn, timeUntil } from '../../../functions/platform/deadline.ts';

const accepted = { kind: 'accepted', requests: 1 };
const authorized = { kind: 'state', stateInstance: 'authorized', requests: 1 };
const out = { kind: 'state', stateInstance: 'notAuthorized', requests: 1 };
const broken = { kind: 'unavailable', detail: 'GREEN-API answered HTTP 500', requests: 1 };
const late = { kind: 'timed-out', detail: 'there was no time left to call GREEN-API', requests: 0 };

/** A logout whose readings get these answers, one after another. */
const logOutWith = async (answers: readonly object[], { waitMs = 20_000, now = () => new Date() } = {}) => {
  const evidence: Evidence[] = [];
  const left = [...answers];
  const logOut = createLogOut({
    callWithCredential: (async () => left.shift()) as unknown as CallWithCredential,
    greenApi: {} as GreenApi,
    rotateToken: async () => ({ kind: 'rotated' }),
    testOldToken: async () => ({ kind: 'dead' }),
    recordEvidence: async (record) => void evidence.push(record),
    now,
  });
  const request = { idInstance: '1101000001' as InstanceId, requestedBy: 'desk', waitMs };
  return { ...(await logOut(request, deadlineIn(60_000))), evidence };
};

test.each([
  [
    'there was no turn for it',
    { kind: 'rate-limited', detail: 'too many calls of this instance at once', requests: 0 },
    'no reading (of 2) reported notAuthorized: too many calls of this instance at once',
  ],
  [
    'the time was over',
    { kind: 'timed-out', detail: 'there was no time left to call GREEN-API', requests: 0 },
    'no reading (of 2) reported notAuthorized within 20 s',
  ],
])('reports why the state was not read again: %s', async (_, last, detail) => {
  const { outcome } = await logOutWith([accepted, authorized, authorized, last]);

  expect(outcome).toMatchObject({ kind: 'unconfirmed', confirmed: false, stateInstance: 'authorized', detail });
});

test.each([
  ['one reading is enough for a caller who waits less than 10 s', 9_999, [out], 1],
  ['a caller who waits 10 s gets a second one', 10_000, [out, out], 2],
  ['two in a row count', 20_000, [authorized, out, out], 2],
  ['the first one counts if the second fails', 10_000, [out, broken], 1],
  ['the first one counts if there is no time for a second', 10_000, [authorized, out, late], 1],
  ['a state that was wrong once is read again', 20_000, [out, authorized, out, out], 2],
] as const)(
  'the answer says how many readings stand behind the confirmation: %s',
  async (_, waitMs, states, readings) => {
    const result = await logOutWith([accepted, ...states], { waitMs });

    expect(result).toMatchObject({ outcome: { kind: 'logged-out', confirmed: true }, readings });
    expect(result.evidence).toMatchObject([{ confirmedAt: result.confirmedAt, outcome: { confirmed: true } }]);
    expect(result.evidence[0]?.readings).toHaveLength(states.filter((state) => state !== late).length);
  },
);

test('a reading of notAuthorized that a later one contradicts confirms nothing', async () => {
  const { outcome, confirmedAt, readings } = await logOutWith([accepted, out, authorized, late]);

  expect(outcome).toMatchObject({
    kind: 'unconfirmed',
    confirmed: false,
    stateInstance: 'authorized',
    detail: 'a reading reported notAuthorized, and a later one authorized',
  });
  expect([confirmedAt, readings]).toEqual([undefined, undefined]);
});

test.each([1, -1])('a clock that is set by %i days in between does not change the time to logout', async (days) => {
  let reads = 0;
  const now = () => {
    reads += 1;
    return new Date(Date.parse('2026-11-30T17:00:00Z') + (reads > 1 ? days * 86_400_000 : 0));
  };

  const { evidence } = await logOutWith([accepted, out], { waitMs: 5_000, now });

  expect(evidence[0]?.timeToLogoutMs).toBeGreaterThanOrEqual(0);
  expect(evidence[0]?.timeToLogoutMs).toBeLessThan(60_000);
});

/** Confirms with a GREEN-API that answers `authorized` once and then never. Returns the deadline of each call, and the readings. */
const confirmWithSilence = async (waitMs: number, deadline: Deadline) => {
  const deadlines: Deadline[] = [];
  const sendGet: SendGet = async (_, { deadline }) => {
    deadlines.push(deadline);
    if (deadlines.length === 1) return { kind: 'answered', status: 200, text: '{"stateInstance":"authorized"}' };
    // Like Node's timers, which can fire a little early.
    await sleep(Math.max(0, timeUntil(deadline) - 5));
    return { kind: 'timed-out' };
  };
  const { readState } = createGreenApi({ sendGet, createRateLimiter: () => createRateLimiter({ intervalMs: 10 }) });
  const callWithCredential: CallWithCredential = (idInstance, call, deadline) =>
    call({ idInstance, credential: {} as Credential }, deadline);
  const confirm = createConfirm({ callWithCredential, readState, now: () => new Date() });
  const { readings } = await confirm('1101000001' as InstanceId, waitMs, deadline);
  return { deadlines, readings };
};

test('the first reading may take the whole time of a call, and later ones end with the wait', async () => {
  const deadline = deadlineIn(60_000);

  const { deadlines, readings } = await confirmWithSilence(2_000, deadline);

  expect(deadlines).toEqual([deadline, expect.any(Number)]);
  expect(deadlines[1]).toBeLessThan(deadline - 50_000);
  expect(readings).toMatchObject([{ stateInstance: 'authorized' }, { failure: 'GREEN-API did not answer in time' }]);
});

test('no reading outlasts the deadline of the whole logout, however long the wait', async () => {
  const deadline = deadlineIn(2_000);

  expect((await confirmWithSilence(60_000, deadline)).deadlines).toEqual([deadline, deadline]);
});
