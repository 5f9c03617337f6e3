import type { LoggedOut } from '../../../client/answers.ts';
import type { Problem, Result } from '../../../client/result.ts';
import {
  createLogouts,
  describeConfirmed,
  describeLogouts,
  type Logout,
  mayBeRun,
} from '../../../console/page/instances/logouts.ts';
import { withReason } from '../../../console/page/kept.ts';

const order = { reason: 'phone lost' };
const done: Result<LoggedOut> = {
  kind: 'ok',
  value: { confirmed: true, readings: 2, stateInstance: 'notAuthorized' },
  body: {},
};
const failure = (fields: object = {}): Problem => ({
  kind: 'problem',
  status: 502,
  body: {},
  mayTakeEffect: true,
  title: 'The logout is not confirmed',
  detail: 'Try again.',
  ...fields,
});

/** Logouts whose answers the test gives, one after the other. */
const setUp = (answers: readonly Result<LoggedOut>[]) => {
  const calls: string[] = [];
  const runs: unknown[] = [];
  const states: string[] = [];
  const left = [...answers];
  const engine = createLogouts({
    logOut: async (idInstance, body, wait) => {
      calls.push(`${idInstance} ${JSON.stringify(body)} ${wait}`);
      return left.shift() ?? done;
    },
    startRun: async (body) => {
      runs.push(body);
      return { kind: 'ok', value: { id: 'api-1', status: 'RUNNING' }, body: {} };
    },
    onStart: () => {},
    onState: (idInstance, { stateInstance }) => states.push(`${idInstance} ${stateInstance}`),
    now: () => 0,
  });
  const shown = () => describeLogouts([...engine.store.get().values()]);
  return { ...engine, calls, runs, states, shown };
};

test('each instance is logged out with the longest wait, and its row keeps the result and the state', async () => {
  const { start, calls, states, shown, runs } = setUp([done, failure({ stateInstance: 'authorized' })]);

  await start(['1', '2'], order);

  expect(calls).toEqual(['1 {"reason":"phone lost"} 20', '2 {"reason":"phone lost"} 20']);
  expect(states).toEqual(['1 notAuthorized', '2 authorized']);
  expect(shown()).toBe('1 of 2 confirmed, 1 failed. 1 instance needs you.');
  expect(runs).toEqual([]);
});

test('only what failed is tried again, with the options it had, and nothing twice at a time', async () => {
  const { start, retry, calls, shown } = setUp([done, failure()]);
  await start(['1', '2'], { ...order, rotateToken: true });
  calls.length = 0;

  await Promise.all([retry(['1', '2', '3']), retry(['2'])]);

  expect(calls).toEqual(['2 {"reason":"phone lost","rotateToken":true} 20']);
  expect(shown()).toBe('All 2 logged out, confirmed.');
});

test('a run watches what was confirmed, and no more', async () => {
  const { start, runs, calls, store } = setUp([failure(), done]);

  await start(['1', '2'], { ...order, watchDays: 7 });

  expect(runs).toEqual([{ target: { instances: ['2'] }, reason: 'phone lost', watchDays: 7, maxTargets: 1 }]);
  expect(calls.join()).not.toContain('watchDays');
  expect(store.get().get('2')).toMatchObject({ watching: { days: 7, result: { value: { id: 'api-1' } } } });
});

test('while logouts are under way the sentence counts them', () => {
  const running: Logout = { kind: 'running', order, since: 0 };
  const ended: Logout = { kind: 'ended', order, result: done };

  expect(describeLogouts([running, ended, undefined])).toBe('Logging out: 1 of 2 confirmed.');
  expect(describeLogouts([ended])).toBe('Logged out, confirmed.');
  expect(describeLogouts([undefined])).toBe('');
});

test.each<[string, Logout | undefined, boolean]>([
  ['nothing', undefined, false],
  ['a confirmed logout', { kind: 'ended', order, result: done }, false],
  ['one that may succeed later', { kind: 'ended', order, result: failure({ retryable: true }) }, true],
  ['one whose token is rejected', { kind: 'ended', order, result: failure({ retryable: false }) }, false],
  [
    'a confirmed one whose token stayed',
    { kind: 'ended', order, result: failure({ retryable: true, confirmed: true }) },
    false,
  ],
  ['one that a gateway refused', { kind: 'ended', order, result: { ...failure(), status: 403 } }, false],
  ['one without an answer', { kind: 'ended', order, result: { ...failure(), status: 503 } }, true],
])('a run may take over %s: %#', (_what, logout, expected) => {
  expect(mayBeRun(logout)).toBe(expected);
});

test('a confirmed logout says what stands behind it', () => {
  const value = {
    confirmed: true,
    alreadyLoggedOut: true,
    readings: 1,
    queue: { cleared: false },
    token: { rotated: true },
  };

  expect(describeConfirmed(value)).toBe('it was logged out already, by one reading, queue not cleared, token rotated');
});

test('the last three reasons are kept, each once', () => {
  expect(withReason(['a', 'b', 'c'], 'b')).toEqual(['b', 'a', 'c']);
  expect(withReason(['a', 'b', 'c'], 'd')).toEqual(['d', 'a', 'b']);
});
