import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { deadlineIn } from '../../../functions/green-api/deadline.ts';
import { createSendGet } from '../../../functions/green-api/exchange.ts';

/** A host that takes requests, and answers none. */
const startSilentHost = async () => {
  const server = createServer(() => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/waInstance1101000001/logout/token`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
};

test.each([
  ['its deadline', 100, 60_000],
  ['its time limit', 60_000, 100],
])('a call without an answer ends at %s, if that comes first', async (_, untilDeadlineMs, timeoutMs) => {
  await using host = await startSilentHost();
  const startedAt = performance.now();

  const exchange = await createSendGet({ timeoutMs })(host.url, {
    deadline: deadlineIn(untilDeadlineMs),
    freshConnection: false,
    onSent: () => {},
  });

  expect(exchange).toEqual({ kind: 'timed-out' });
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});
