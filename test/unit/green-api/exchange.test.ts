import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSendGet } from '../../../functions/green-api/exchange.ts';
import { deadlineIn } from '../../../functions/platform/deadline.ts';

/** A host whose connections `serve` serves. They end with it. */
const startHostOf = async (serve: (socket: Socket) => void) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    serve(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/waInstance1101000001/logout/token`,
    connections: () => sockets.length,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

/** A host that answers each request with `answer`, or never. */
const startHost = (answer?: string) =>
  startHostOf((socket) => answer !== undefined && socket.once('data', () => socket.write(answer)));

/** Longer than a test may take. */
const tooLongMs = 150_000;

test.each([
  ['its deadline', 100, tooLongMs],
  ['its time limit', tooLongMs, 100],
])('a call without an answer ends at %s, if that comes first', async (_, untilDeadlineMs, timeoutMs) => {
  await using host = await startHost();

  const exchange = await createSendGet({ timeoutMs })(host.url, {
    deadline: deadlineIn(untilDeadlineMs),
    freshConnection: false,
    onSent: () => {},
  });

  expect(exchange).toEqual({ kind: 'timed-out' });
});

test('a call to a host that switches protocols fails at once, and gives its connection up', async () => {
  const closed = Promise.withResolvers<void>();
  await using host = await startHostOf((socket) => {
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    );
    socket.once('close', () => closed.resolve());
  });

  const exchange = await createSendGet({ timeoutMs: 60_000 })(host.url, {
    deadline: deadlineIn(60_000),
    freshConnection: false,
    onSent: () => {},
  });

  expect(exchange).toEqual({ kind: 'broken', detail: 'HTTP 101', staleConnection: false });
  await closed.promise;
});

const options = () => ({ deadline: deadlineIn(60_000), freshConnection: false, onSent: () => {} });

test.each([
  [65_536, { kind: 'answered', status: 200, text: 'x'.repeat(65_536) }],
  [65_537, { kind: 'broken', detail: 'answer longer than 64 KiB', staleConnection: false }],
])('an answer of %i bytes on a kept-alive connection', async (length, expected) => {
  await using host = await startHostOf((socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
      socket.once('data', () =>
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${'x'.repeat(length)}`),
      );
    }),
  );
  const sendGet = createSendGet({ timeoutMs: 60_000 });
  await sendGet(host.url, options());

  expect(await sendGet(host.url, options())).toEqual(expected);
});

/** Answers the first request of a connection and keeps it alive; `end` receives the second. */
const startKeptAlive = (end: (socket: Socket) => void) =>
  startHostOf((socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}');
      socket.once('data', () => end(socket));
    }),
  );

// A logout may only be sent again if GREEN-API cannot have answered it.
test.each<[string, boolean, (socket: Socket) => void]>([
  ['without an answer', true, (socket) => socket.resetAndDestroy()],
  ['within its answer', false, (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"isLogout"')],
  ['with an answer that is not HTTP', false, (socket) => socket.end('isLogout\r\n\r\n')],
])('for a kept-alive connection that ends %s, staleConnection is %p', async (_, staleConnection, end) => {
  await using host = await startKeptAlive(end);
  const sendGet = createSendGet({ timeoutMs: 60_000 });
  await sendGet(host.url, options());

  expect(await sendGet(host.url, options())).toMatchObject({ kind: 'broken', staleConnection });
});

test('a call that timed out gives its connection up', async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => void socket.once('close', () => closed.resolve()).resume());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  const exchange = await createSendGet({ timeoutMs: 50 })(url, options());

  expect(exchange).toEqual({ kind: 'timed-out' });
  await closed.promise;
  server.close();
});

test('a call on a fresh connection uses none that is kept alive', async () => {
  await using host = await startKeptAlive(() => {});
  const sendGet = createSendGet({ timeoutMs: 60_000 });
  await sendGet(host.url, options());

  expect(await sendGet(host.url, { ...options(), freshConnection: true })).toMatchObject({ kind: 'answered' });
  expect(host.connections()).toBe(2);
});

test('a call that reaches no host was not sent', async () => {
  const onSent = jest.fn();
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  const exchange = await createSendGet({ timeoutMs: 60_000 })(`http://127.0.0.1:${port}/`, { ...options(), onSent });

  expect(exchange).toMatchObject({ kind: 'broken', detail: 'ECONNREFUSED' });
  expect(onSent).not.toHaveBeenCalled();
});
