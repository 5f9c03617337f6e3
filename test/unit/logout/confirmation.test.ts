import { setTimeout as sleep } from 'node:timers/promises';
import { createGreenApi, type GreenApi } from '../../../functions/green-api/client.ts';
import type { Credential } from '../../../functions/green-api/credential.ts';
import type { SendGet } from '../../../functions/green-api/exchange.ts';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { createRateLimiter } from '../../../functions/green-api/rate-limiter.ts';
import type { CallWithCredential } from '../../../functions/logout/call-with-credential.ts';
import { createConfirm } from '../../../functions/logout/confirmation.ts';
import { createLogOut } from '../../../functions/logout/log-out.ts';
import { type Deadline, deadlineIn, timeUntil } from '../../../functions/platform/deadline.ts';

const accepted = { kind: 'accepted', requests: 1 };
const authorized = { kind: 'state', stateInstance: 'authorized', requests: 1 };

/** A logout whose readings get these answers, one after another. */
const logOutWith = async (answers: readonly object[]) => {
  const left = [...answers];
  const logOut = createLogOut({
    callWithCredential: (async () => left.shift()) as unknown as CallWithCredential,
    greenApi: {} as GreenApi,
    rotateToken: async () => ({ kind: 'rotated' }),
    recordEvidence: async () => {},
    now: () => new Date(),
  });
  const request = { idInstance: '1101000001' as InstanceId, requestedBy: 'desk', waitMs: 20_000 };
  return (await logOut(request, deadlineIn(60_000))).outcome;
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
  const outcome = await logOutWith([accepted, authorized, authorized, last]);

  expect(outcome).toMatchObject({ kind: 'unconfirmed', confirmed: false, stateInstance: 'authorized', detail });
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
