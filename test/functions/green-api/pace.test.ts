import { setTimeout as sleep } from 'node:timers/promises';
import { createPace } from '../../../functions/green-api/pace.ts';

const intervalMs = 60;
const { signal } = new AbortController();

/** Holds this process up, as a burst of other work does. */
const blockFor = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end; );
};

const gapsOf = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

test('keeps calls apart that became due together while the process was held up', async () => {
  const pace = createPace({ intervalMs });
  const call = () => pace.slot('1101000001/logout', signal).then(() => performance.now());

  const calls = Promise.all([call(), call(), call(), call()]);
  await sleep(1);
  blockFor(4 * intervalMs);
  const gaps = gapsOf(await calls);

  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(intervalMs);
});

test('counts from when a call has left, also for those that wait already', async () => {
  const pace = createPace({ intervalMs });
  await pace.slot('1101000001/logout', signal);
  const next = pace.slot('1101000001/logout', signal).then(() => performance.now());

  await sleep(intervalMs / 2);
  const leftAt = performance.now();
  pace.sent('1101000001/logout');

  expect((await next) - leftAt).toBeGreaterThanOrEqual(intervalMs);
});

test('lets calls of different instances and methods go at once', async () => {
  const pace = createPace({ intervalMs: 60_000 });

  const keys = ['1101000001/logout', '1101000001/getStateInstance', '1101000002/logout'];

  expect(await Promise.all(keys.map((key) => pace.slot(key, signal)))).toEqual(['free', 'free', 'free']);
});

test('says at once when the next slot is too far away, and when the caller gives up', async () => {
  const pace = createPace({ intervalMs: 60_000, longestWaitMs: 60_000 });
  const giveUp = new AbortController();
  await pace.slot('1101000001/logout', signal);

  const waiting = pace.slot('1101000001/logout', giveUp.signal);
  const tooMany = await pace.slot('1101000001/logout', signal);
  giveUp.abort();

  expect([await waiting, tooMany]).toEqual(['aborted', 'queue-full']);
});
