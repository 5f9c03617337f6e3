import { setTimeout as sleep } from 'node:timers/promises';
import { createConnections } from '../../../functions/green-api/connections.ts';
import { deadlineIn } from '../../../functions/green-api/deadline.ts';
import { createSendGet } from '../../../functions/green-api/exchange.ts';
import { startHttpsHost } from '../../support/https-host.ts';
import { trustStandIns } from '../../support/trust-stand-ins.ts';

trustStandIns();

const answer = () => '{"isLogout":true}';

/** A host, what connects to it, and a call to it. */
const startWorld = async (options: Parameters<typeof startHttpsHost>[0] = { answer }) => {
  const host = await startHttpsHost(options);
  const connections = createConnections();
  const sendGet = createSendGet({ timeoutMs: 20_000, connections });
  return {
    ...host,
    openEarly: () => connections.openEarly(host.host),
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

test('the first call goes over the connection that was opened early, over which nothing was sent before', async () => {
  await using world = await startWorld();

  await world.openEarly();
  const sentEarly = world.seen.requests;
  const exchange = await world.call();

  expect(sentEarly).toBe(0);
  expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
  expect(world.seen.connections).toBe(1);
});

test('further calls open connections of their own, and keep them', async () => {
  await using world = await startWorld();

  await world.openEarly();
  await Promise.all([world.call(), world.call()]);
  await world.call();

  expect(world.seen.connections).toBe(2);
});

test('a connection that the other side ended meanwhile is forgotten', async () => {
  await using world = await startWorld();

  await world.openEarly();
  await world.endFirstConnection();
  const exchange = await world.call();

  expect(exchange).toMatchObject({ kind: 'answered' });
  expect(world.seen.connections).toBe(2);
});

test('one that is found dead only when it is used counts as stale, so that the call is made once more', async () => {
  await using world = await startWorld({ answer: () => undefined });

  await world.openEarly();
  const early = await world.call();
  const fresh = await world.call();

  expect(early).toEqual({ kind: 'broken', reason: 'ECONNRESET', staleConnection: true });
  expect(fresh).toEqual({ kind: 'broken', reason: 'ECONNRESET', staleConnection: false });
});

test('one over which the other side has already said something is not used', async () => {
  const unasked = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n';
  await using world = await startWorld({ answer, unasked });

  await world.openEarly();
  await sleep(100);
  const exchange = await world.call();

  expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
});

test('one that has waited for half a minute is not used', async () => {
  await using world = await startWorld();

  await world.openEarly();
  // With TLS 1.3 the client is done before the server is.
  while (world.seen.connections < 1) await sleep(5);
  const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 30_000);
  const exchange = await world.call();
  later.mockRestore();

  expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
  expect(world.seen.connections).toBe(2);
});

test('of two to one host, one is kept', async () => {
  await using world = await startWorld();

  await Promise.all([world.openEarly(), world.openEarly()]);

  while (world.seen.connections < 2 || (await world.openConnections()) > 1) await sleep(5);
  expect(await world.openConnections()).toBe(1);
});

test('a host that cannot be reached is no failure', async () => {
  await expect(createConnections().openEarly('127.0.0.1:9')).resolves.toBeUndefined();
});
