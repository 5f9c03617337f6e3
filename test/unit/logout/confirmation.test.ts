import { createGreenApi, type GreenApi } from '../../../functions/green-api/client.ts';
import type { Credential } from '../../../functions/green-api/credential.ts';
import type { SendGet } from '../../../functions/green-api/exchange.ts';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { createRateLimiter } from '../../../functions/green-api/rate-limiter.ts';
import type { CallWithCredential } from '../../../functions/instances/call-with-credential.ts';
import type { TokenRotation } from '../../../functions/instances/token-rotation/attempt.ts';
import type { OldToken } from '../../../functions/instances/token-rotation/old-token.ts';
import { createConfirm } from '../../../functions/logout/confirmation.ts';
import type { Evidence } from '../../../functions/logout/evidence.ts';
import { createLogOut, type LogoutRequest } from '../../../functions/logout/log-out.ts';
import { type Deadline, deadlineIn } from '../../../functions/platform/deadline.ts';

const accepted = { kind: 'accepted', requests: 1 };
const authorized = { kind: 'state', stateInstance: 'authorized', requests: 1 };
const out = { kind: 'state', stateInstance: 'notAuthorized', requests: 1 };
const broken = { kind: 'unavailable', detail: 'GREEN-API answered HTTP 500', requests: 1 };
const late = { kind: 'timed-out', detail: 'there was no time left to call GREEN-API', requests: 0 };

type Options = {
  readonly waitMs?: number;
  readonly leftMs?: number;
  readonly now?: () => Date;
  readonly request?: Partial<LogoutRequest>;
  readonly rotation?: TokenRotation;
  readonly oldToken?: OldToken;
};

/** A logout whose calls get these answers, one after another. `calls` are those to GREEN-API, and those of a rotation. */
const logOutWith = async (answers: readonly object[], options: Options = {}) => {
  const { waitMs = 20_000, leftMs = 60_000, now = () => new Date(), request = {} } = options;
  const evidence: Evidence[] = [];
  const calls: { readonly name: string; readonly deadline: Deadline }[] = [];
  const left = [...answers];
  const methods = { logout: 'logout', readState: 'readState', clearQueue: 'clearQueue' };
  const logOut = createLogOut({
    callWithCredential: (async (_: InstanceId, name: string, deadline: Deadline) => {
      calls.push({ name, deadline });
      return left.shift();
    }) as unknown as CallWithCredential,
    greenApi: methods as unknown as GreenApi,
    rotateToken: async ({ decision }, deadline) => {
      calls.push({ name: `rotate by ${decision}`, deadline });
      return options.rotation ?? { kind: 'rotated' };
    },
    testOldToken: async ({ decision }, deadline) => {
      calls.push({ name: `test the token before ${decision}`, deadline });
      return options.oldToken ?? { kind: 'dead' };
    },
    recordEvidence: async (record) => void evidence.push(record),
    now,
  });
  const deadline = deadlineIn(leftMs);
  const result = await logOut(
    { idInstance: '1101000001' as InstanceId, requestedBy: 'desk', waitMs, ...request },
    deadline,
  );
  return { ...result, evidence, calls, deadline };
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

test.each([
  ['is not read if nothing was sent', { kind: 'unavailable', requests: 0 }, 20_000, 0],
  ['is not read if the caller does not wait for a logout that was accepted', { kind: 'accepted', requests: 1 }, 0, 0],
  ['is read until the wait ends if the logout was accepted', { kind: 'accepted', requests: 1 }, 20_000, 3],
  ['is read once if GREEN-API says that nobody is logged in', { kind: 'not-authorized', requests: 1 }, 0, 1],
  ['is read until the wait ends in the same case', { kind: 'not-authorized', requests: 1 }, 20_000, 3],
  ['is read once if the logout may have happened', { kind: 'unavailable', requests: 1 }, 0, 1],
  ['is read once if the answer was late', { kind: 'timed-out', requests: 1 }, 0, 1],
  ['is read until the wait ends if the answer was late', { kind: 'timed-out', requests: 1 }, 20_000, 3],
  ['is read once if the logout was refused, however long the wait', { kind: 'refused', requests: 1 }, 20_000, 1],
  ['is not read after a lasting failure', { kind: 'instance-deleted', requests: 1 }, 20_000, 0],
])('the state %s', async (_, answer, waitMs, readings) => {
  const { calls } = await logOutWith([answer, authorized, authorized, late], { waitMs });

  expect(calls.map(({ name }) => name)).toEqual(['logout', ...Array(readings).fill('readState')]);
});

test.each([
  [
    'a refused logout',
    [{ kind: 'refused', detail: 'GREEN-API answered isLogout: false', requests: 1 }, authorized],
    {
      kind: 'refused',
      confirmed: false,
      detail: 'GREEN-API answered isLogout: false',
      isLogout: false,
      stateInstance: 'authorized',
    },
  ],
  [
    'a refused logout of an instance that was out',
    [{ kind: 'refused', requests: 1 }, out, out],
    { kind: 'already-logged-out', confirmed: true, isLogout: false, stateInstance: 'notAuthorized' },
  ],
  [
    'a refused second request, when the first one may have logged it out',
    [{ kind: 'refused', requests: 2, resent: true }, out, out],
    { kind: 'logged-out', confirmed: true, isLogout: false, stateInstance: 'notAuthorized' },
  ],
  [
    'a logout that failed and whose state was not read',
    [{ kind: 'instance-deleted', detail: 'GREEN-API answered HTTP 400', requests: 1 }],
    { kind: 'instance-deleted', confirmed: false, detail: 'GREEN-API answered HTTP 400' },
  ],
])('the outcome holds what GREEN-API reported, and nothing else: %s', async (_, answers, outcome) => {
  expect((await logOutWith(answers)).outcome).toStrictEqual(outcome);
});

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

describe('after the logout', () => {
  const cleared = { kind: 'cleared', requests: 1 };
  const refused = { kind: 'refused', detail: 'GREEN-API answered isLogout: false', requests: 1 };
  const clearQueue = { clearQueue: true };
  const rotateToken = { rotateToken: true, requestId: 'JKJaXmPLvHcESHA=' };
  const waitMs = 1_000;

  test.each([
    ['a confirmed logout', waitMs, [accepted, out, cleared], { cleared: true }],
    ['a confirmed logout that GREEN-API refused', waitMs, [refused, out, cleared], { cleared: true }],
    ['a logout that was accepted', 0, [accepted, cleared], { cleared: true }],
    ['a logout that was refused', waitMs, [refused, authorized, cleared], undefined],
    ['a confirmed logout', waitMs, [accepted, out, broken], { cleared: false, detail: broken.detail }],
  ])('the queue is cleared, and the result reported, behind what may be out: %s', async (_, waitMs, answers, queue) => {
    const { followUp, evidence } = await logOutWith(answers, { waitMs, request: clearQueue });

    expect(followUp).toStrictEqual(queue === undefined ? {} : { queue });
    expect(evidence).toMatchObject([{ ...(queue && { queue }) }]);
  });

  test.each([
    [
      'leaves 12 s for the rotation of the token, and a second to wake up',
      60_000,
      { ...clearQueue, ...rotateToken },
      13_000,
    ],
    ['has all the time if none is left for a rotation', 11_000, { ...clearQueue, ...rotateToken }, 0],
    ['has all the time if no rotation is requested', 60_000, clearQueue, 0],
  ])('clearing the queue %s', async (_, leftMs, request, keptMs) => {
    const { calls, deadline } = await logOutWith([accepted, out, cleared], { waitMs, leftMs, request });

    expect(calls.find(({ name }) => name === 'clearQueue')).toEqual({
      name: 'clearQueue',
      deadline: deadline - keptMs,
    });
  });

  test.each<[Pick<Options, 'rotation' | 'oldToken'>, object]>([
    [{}, { kind: 'rotated' }],
    [{ oldToken: { kind: 'works' } }, { kind: 'rotated', oldTokenStillWorks: true }],
    [{ oldToken: { kind: 'unknown', detail: 'not known' } }, { kind: 'rotated', detail: 'not known' }],
    [{ rotation: { kind: 'token-lost', detail: 'not stored' } }, { kind: 'token-lost', detail: 'not stored' }],
  ])('the record of the token says what became of it: %j', async (results, token) => {
    const { followUp, calls, deadline } = await logOutWith([accepted, out], {
      waitMs,
      request: rotateToken,
      ...results,
    });

    const rotation = [
      { name: 'rotate by request JKJaXmPLvHcESHA=', deadline },
      { name: 'test the token before request JKJaXmPLvHcESHA=', deadline },
    ];
    expect(followUp).toStrictEqual({ token });
    // The old token is that of GREEN-API unless it was replaced.
    expect(calls.slice(2)).toEqual(results.rotation === undefined ? rotation : rotation.slice(0, 1));
  });

  test('a rotation without the id of a request has an id of its own', async () => {
    const { calls } = await logOutWith([accepted, out], { waitMs, request: { rotateToken: true } });

    expect(calls[2]?.name).toMatch(/^rotate by request [0-9a-f-]{36}$/);
  });

  test('a rotation needs 12 s, so that no new token is lost', async () => {
    const { followUp, calls } = await logOutWith([accepted, out], { waitMs, leftMs: 11_900, request: rotateToken });

    const detail = 'there was no time left: use a shorter wait';
    expect(followUp).toEqual({ token: { kind: 'not-rotated', detail } });
    expect(calls.map(({ name }) => name)).toEqual(['logout', 'readState']);
  });
});

describe('while the clock moves only when GREEN-API is waited for', () => {
  let clock: jest.SpyInstance<number, []>;
  beforeEach(() => {
    clock = jest.spyOn(process, 'uptime').mockReturnValue(1);
  });
  afterEach(() => clock.mockRestore());

  /** Confirms with a GREEN-API that answers `authorized` once and then never. Returns the deadline of each call, and the readings. */
  const confirmWithSilence = async (waitMs: number, deadline: Deadline) => {
    const deadlines: Deadline[] = [];
    const sendGet: SendGet = async (_, { deadline }) => {
      deadlines.push(deadline);
      if (deadlines.length === 1) return { kind: 'answered', status: 200, text: '{"stateInstance":"authorized"}' };
      // Like Node's timers, which can fire a little early.
      clock.mockReturnValue((deadline - 5) / 1_000);
      return { kind: 'timed-out' };
    };
    const { readState } = createGreenApi({ sendGet, createRateLimiter: () => createRateLimiter({ intervalMs: 0 }) });
    const callWithCredential: CallWithCredential = (idInstance, call, deadline) =>
      call({ idInstance, credential: {} as Credential }, deadline);
    const confirm = createConfirm({ callWithCredential, readState, now: () => new Date() });
    const { readings } = await confirm('1101000001' as InstanceId, waitMs, deadline);
    return { deadlines, readings };
  };

  test('the first reading may take the whole time of a call, and later ones end with the wait', async () => {
    const { deadlines, readings } = await confirmWithSilence(2_000, deadlineIn(60_000));

    expect(deadlines).toEqual([61_000, 3_000]);
    expect(readings).toMatchObject([{ stateInstance: 'authorized' }, { failure: 'GREEN-API did not answer in time' }]);
  });

  test('no reading outlasts the deadline of the whole logout, however long the wait', async () => {
    expect((await confirmWithSilence(60_000, deadlineIn(2_000))).deadlines).toEqual([3_000, 3_000]);
  });
});
