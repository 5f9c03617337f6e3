import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { createRateLimiter } from '../../../functions/green-api/rate-limiter.ts';
import { deadlineIn } from '../../../functions/platform/deadline.ts';

const intervalMs = 60;
/** Later than any slot here. */
const never = Number.POSITIVE_INFINITY;

/** Blocks this process, as a burst of other work does. */
const blockFor = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end; );
};

const gapsOf = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

test('separates calls that became due together while the process was blocked', async () => {
  const rateLimiter = createRateLimiter({ intervalMs });
  // The last reading of the clock is the limiter's own: one of the test might come later, if the machine is busy.
  const clock = jest.spyOn(process, 'uptime');
  const call = () => rateLimiter.slot('1101000001', never).then(() => 1_000 * Number(clock.mock.results.at(-1)?.value));

  const calls = Promise.all([call(), call(), call(), call()]);
  await sleep(1);
  blockFor(4 * intervalMs);
  const gaps = gapsOf(await calls);
  clock.mockRestore();

  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(intervalMs);
});

test('counts from the time a call was sent, also for calls that are already waiting', async () => {
  const rateLimiter = createRateLimiter({ intervalMs });
  await rateLimiter.slot('1101000001', never);
  const next = rateLimiter.slot('1101000001', never).then(() => performance.now());

  await sleep(intervalMs / 2);
  const leftAt = performance.now();
  rateLimiter.sent('1101000001');

  expect((await next) - leftAt).toBeGreaterThanOrEqual(intervalMs);
});

test('sends calls of different instances at once', async () => {
  const rateLimiter = createRateLimiter({ intervalMs: 60_000 });

  const ids = ['1101000001', '1101000002', '1101000003'];

  expect(await Promise.all(ids.map((id) => rateLimiter.slot(id, never)))).toEqual(['free', 'free', 'free']);
});

test('reports at once that the next slot is too far away', async () => {
  const rateLimiter = createRateLimiter({ intervalMs: 60_000, longestWaitMs: 59_000 });
  await rateLimiter.slot('1101000001', never);

  expect(await rateLimiter.slot('1101000001', never)).toBe('queue-full');
});

test('reports at once that the next slot is later than the caller’s deadline, and reserves none', async () => {
  const rateLimiter = createRateLimiter({ intervalMs: 1_000, longestWaitMs: 1_000 });
  const deadline = deadlineIn(500);
  await rateLimiter.slot('1101000001', never);

  const tooLate = Array.from({ length: 5 }, () => rateLimiter.slot('1101000001', deadline));

  expect(await Promise.race([Promise.all(tooLate), nextTurn('waits')])).toEqual(Array(5).fill('too-late'));
  // Behind a reserved slot the wait would be longer than a second.
  expect(await rateLimiter.slot('1101000001', never)).toBe('free');
});

test('does not send a call whose deadline passed while the process was blocked', async () => {
  const rateLimiter = createRateLimiter({ intervalMs });
  await rateLimiter.slot('1101000001', never);

  const heldUp = rateLimiter.slot('1101000001', deadlineIn(150));
  blockFor(200);

  expect(await heldUp).toBe('too-late');
});

test('does not send a call if the call before it was sent too late', async () => {
  const rateLimiter = createRateLimiter({ intervalMs: 1_000 });
  await rateLimiter.slot('1101000001', never);

  const behind = rateLimiter.slot('1101000001', deadlineIn(1_500));
  await sleep(800);
  rateLimiter.sent('1101000001');

  expect(await behind).toBe('too-late');
});

describe('while the clock stands still', () => {
  let clock: jest.SpyInstance<number, []>;
  beforeEach(() => {
    clock = jest.spyOn(process, 'uptime').mockReturnValue(1);
  });
  afterEach(() => clock.mockRestore());

  test('the first call waits for nothing', async () => {
    expect(await createRateLimiter({ intervalMs }).slot('1101000001', never)).toBe('free');
  });

  test('a slot exactly as far away as the longest wait is waited for', async () => {
    const rateLimiter = createRateLimiter({ intervalMs: 10, longestWaitMs: 10 });
    await rateLimiter.slot('1101000001', never);

    const second = rateLimiter.slot('1101000001', never);
    clock.mockReturnValue(1.01);

    expect(await second).toBe('free');
  });

  test('a call that is sent leaves the slots that others wait for reserved', async () => {
    const rateLimiter = createRateLimiter({ intervalMs: 10, longestWaitMs: 15 });
    await rateLimiter.slot('1101000001', never);
    const second = rateLimiter.slot('1101000001', never);

    rateLimiter.sent('1101000001');

    // The third slot is 20 ms away.
    expect(await Promise.race([rateLimiter.slot('1101000001', never), nextTurn('waits')])).toBe('queue-full');
    clock.mockReturnValue(1.01);
    expect(await second).toBe('free');
  });

  test.each([40, 50])('a call with only %i ms left for its answer reserves no slot', async (leftMs) => {
    const rateLimiter = createRateLimiter({ intervalMs, longestWaitMs: 0 });

    expect(await rateLimiter.slot('1101000001', 1_000 + leftMs)).toBe('too-late');
    expect(await rateLimiter.slot('1101000001', never)).toBe('free');
  });
});

test('does not send a call without enough time for an answer', async () => {
  const rateLimiter = createRateLimiter({ intervalMs });

  expect(await rateLimiter.slot('1101000001', deadlineIn(40))).toBe('too-late');
});
