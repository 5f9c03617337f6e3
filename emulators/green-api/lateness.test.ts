import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { createLateness } from './lateness.ts';

test('what came while the process was held up may be as late as that', async () => {
  using lateness = createLateness();
  await sleep(1);

  for (const end = performance.now() + 200; performance.now() < end; );
  await nextTurn();

  expect(lateness.now()).toBeGreaterThanOrEqual(200);
});

test('a process that is not held up sees everything soon', async () => {
  using lateness = createLateness();

  while (lateness.now() > 100) await sleep(1);
  const first = lateness.now();
  await sleep(200);

  // Without notes it would grow by the time that has passed.
  while (lateness.now() > first + 150) await sleep(1);
});
