import { setTimeout as sleep } from 'node:timers/promises';
import tls, { type TLSSocket } from 'node:tls';
import { createConnections, createSendGet } from '../../../functions/green-api/exchange.ts';
import { deadlineIn } from '../../../functions/platform/deadline.ts';
import { startHttpsHost } from '../../support/https-host.ts';
import { trustEmulators } from '../../support/trust-emulators.ts';

trustEmulators();

const answer = () => '{"isLogout":true}';

/** A host, early connections to it, and a call to it. */
const startSetup = async (options: Parameters<typeof startHttpsHost>[0] = { answer }) => {
  const host = await startHttpsHost(options);
  const connections = createConnections();
  const sendGet = createSendGet({ timeoutMs: 20_000, connections });
  return {
    ...host,
    openEarly: () => connections.openEarly(host.host),
    openEarlyTo: connections.openEarly,
    call: () => {
      const url = `https://${host.host}/waInstance1101000001/logout/token`;
      return sendGet(url, { deadline: deadlineIn(60_000), freshConnection: false, onSent: () => {} });
    },
    [Symbol.asyncDispose]: async () => {
      connections.agent.destroy();
      await host[Symbol.asyncDispose]();
    },
  };
};

test('the first call uses the connection that was opened early, on which nothing was sent before', async () => {
  await using setup = await startSetup();

  await setup.openEarly();
  const sentEarly = setup.seen.requests;
  const exchange = await setup.call();

  expect(sentEarly).toBe(0);
  expect(setup.names).toEqual([false]);
  expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
  expect(setup.seen.connections).toBe(1);
});

test('further calls open their own connections, and keep them', async () => {
  await using setup = await startSetup();

  await setup.openEarly();
  await Promise.all([setup.call(), setup.call()]);
  await setup.call();

  expect(setup.seen.connections).toBe(2);
});

test('a connection that the host has ended is not used', async () => {
  await using setup = await startSetup();

  await setup.openEarly();
  await setup.endFirstConnection();
  const exchange = await setup.call();

  expect(exchange).toMatchObject({ kind: 'answered' });
  expect(setup.seen.connections).toBe(2);
});

test('a connection that turns out dead only when it is used counts as stale, so that the call is repeated', async () => {
  await using setup = await startSetup({ answer: () => undefined });

  await setup.openEarly();
  const early = await setup.call();
  const fresh = await setup.call();

  expect(early).toEqual({ kind: 'broken', detail: 'ECONNRESET', staleConnection: true });
  expect(fresh).toEqual({ kind: 'broken', detail: 'ECONNRESET', staleConnection: false });
});

test('a connection on which the host has already sent data is not used', async () => {
  const unexpectedCall = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n';
  await using setup = await startSetup({ answer, unexpectedCall });

  const connect = jest.spyOn(tls, 'connect');
  await setup.openEarly();
  const early: TLSSocket = connect.mock.results[0]?.value;
  connect.mockRestore();
  while (early.readableLength === 0) await sleep(5);
  const exchange = await setup.call();

  expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
});

test('a connection that has been idle for half a minute is not used', async () => {
  await using setup = await startSetup();

  const clock = jest.spyOn(Date, 'now').mockReturnValue(1_000);
  await setup.openEarly();
  // With TLS 1.3 the handshake ends at the client before it ends at the server.
  while (setup.seen.connections < 1) await sleep(5);
  clock.mockReturnValue(31_000);
  const exchange = await setup.call();
  clock.mockRestore();

  expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
  expect(setup.seen.connections).toBe(2);
});

test('only one of two early connections to a host is kept', async () => {
  await using setup = await startSetup();

  await Promise.all([setup.openEarly(), setup.openEarly()]);

  while (setup.seen.connections < 2 || (await setup.openConnections()) > 1) await sleep(5);
  expect(await setup.openConnections()).toBe(1);
  expect(await setup.call()).toMatchObject({ kind: 'answered' });
  expect(setup.seen.connections).toBe(2);
});

test('an early connection is used for calls to its own host only: a call holds the token', async () => {
  await using another = await startHttpsHost({ answer });
  await using setup = await startSetup();
  await setup.openEarlyTo(another.host);

  expect(await setup.call()).toMatchObject({ kind: 'answered' });

  expect([setup.seen.requests, another.seen.requests]).toEqual([1, 0]);
});

test('an early connection names the host, so that a shared address can serve it', async () => {
  await using host = await startHttpsHost({ answer });

  await createConnections().openEarly(host.host.replace('127.0.0.1', 'localhost'));

  while (host.seen.connections < 1) await sleep(5);
  expect(host.names).toEqual(['localhost']);
});

test('a host that cannot be reached is not a failure', async () => {
  await expect(createConnections().openEarly('127.0.0.1:9')).resolves.toBeUndefined();
});
