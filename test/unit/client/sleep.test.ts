import { getEventListeners } from 'node:events';
import { sleep } from '../../../client/call.ts';

test('a sleep that is over leaves no listener on the signal', async () => {
  const { signal } = new AbortController();

  await sleep(1, signal);

  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a sleep ends when the signal aborts', async () => {
  const controller = new AbortController();
  const slept = sleep(3_600_000, controller.signal);

  controller.abort();

  await expect(slept).resolves.toBeUndefined();
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('an aborted signal lets nothing sleep', async () => {
  await expect(sleep(3_600_000, AbortSignal.abort())).resolves.toBeUndefined();
});
