import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createSendGet } from '../../../functions/green-api/exchange.ts';
import { deadlineIn } from '../../../functions/platform/deadline.ts';

/** A host that answers each request with `answer`, or never. */
const startHost = async (answer?: string) => {
  const server = createServer((socket) => answer !== undefined && socket.once('data', () => socket.write(answer)));
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
  await using host = await startHost();
  const startedAt = performance.now();

  const exchange = await createSendGet({ timeoutMs })(host.url, {
    deadline: deadlineIn(untilDeadlineMs),
    freshConnection: false,
    onSent: () => {},
  });

  expect(exchange).toEqual({ kind: 'timed-out' });
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});

test('a call to a host that switches protocols fails at once', async () => {
  await using host = await startHost('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');

  const exchange = await createSendGet({ timeoutMs: 60_000 })(host.url, {
    deadline: deadlineIn(60_000),
    freshConnection: false,
    onSent: () => {},
  });

  expect(exchange).toEqual({ kind: 'broken', detail: 'HTTP 101', staleConnection: false });
});
