import { setTimeout as sleep } from 'node:timers/promises';
import { createConnections } from '../../../functions/green-api/connections.ts';
import { createSendGet } from '../../../functions/green-api/exchange.ts';
import { startHttpsHost } from '../../support/https-host.ts';
import { trustStandIns } from '../../support/trust-stand-ins.ts';

trustStandIns();

const answer = () => '{"isLogout":true}';
const options = () => ({ signal: new AbortController().signal, freshConnection: false, onSent: () => {} });

test('the first call goes over the connection that was opened early, over which nothing was sent before', async () => {
  await using world = await startHttpsHost({ answer });
  const connections = createConnections();
  const sendGet = createSendGet({ timeoutMs: 20_000, connections });

  await connections.openEarly(world.host);
  const sentEarly = world.seen.requests;
  const exchange = await sendGet(`https://${world.host}/waInstance1101000001/logout/token`, options());

  expect(sentEarly).toBe(0);
  expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
  expect(world.seen.connections).toBe(1);
  connections.agent.destroy();
});

test('further calls open connections of their own, and keep them', async () => {
  await using world = await startHttpsHost({ answer });
  const connections = createConnections();
  const sendGet = createSendGet({ timeoutMs: 20_000, connections });
  const url = `https://${world.host}/waInstance1101000001/logout/token`;

  await connections.openEarly(world.host);
  await Promise.all([sendGet(url, options()), sendGet(url, options())]);
  await sendGet(url, options());

  expect(world.seen.connections).toBe(2);
  connections.agent.destroy();
});

test('a connection that the other side ended meanwhile is forgotten', async () => {
  await using world = await startHttpsHost({ answer });
  const connections = createConnections();
  const sendGet = createSendGet({ timeoutMs: 20_000, connections });

  await connections.openEarly(world.host);
  await world.endFirstConnection();
  const exchange = await sendGet(`https://${world.host}/waInstance1101000001/logout/token`, options());

  expect(exchange).toMatchObject({ kind: 'answered' });
  expect(world.seen.connections).toBe(2);
  connections.agent.destroy();
});

test('one that is found dead only when it is used counts as stale, so that the call is made once more', async () => {
  await using world = await startHttpsHost({ answer: () => undefined });
  const connections = createConnections();
  const sendGet = createSendGet({ timeoutMs: 20_000, connections });
  const url = `https://${world.host}/waInstance1101000001/logout/token`;

  await connections.openEarly(world.host);
  const early = await sendGet(url, options());
  const fresh = await sendGet(url, options());

  expect(early).toEqual({ kind: 'broken', reason: 'ECONNRESET', staleConnection: true });
  expect(fresh).toEqual({ kind: 'broken', reason: 'ECONNRESET', staleConnection: false });
});

test('one over which the other side has already said something is not used', async () => {
  const unasked = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n';
  await using world = await startHttpsHost({ answer, unasked });
  const connections = createConnections();
  const sendGet = createSendGet({ timeoutMs: 20_000, connections });

  await connections.openEarly(world.host);
  await sleep(100);
  const exchange = await sendGet(`https://${world.host}/waInstance1101000001/logout/token`, options());

  expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
  connections.agent.destroy();
});

test('one that has waited for half a minute is not used', async () => {
  await using world = await startHttpsHost({ answer });
  const connections = createConnections();
  const sendGet = createSendGet({ timeoutMs: 20_000, connections });

  await connections.openEarly(world.host);
  // With TLS 1.3 the client is done before the server is.
  while (world.seen.connections < 1) await sleep(5);
  const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 30_000);
  const exchange = await sendGet(`https://${world.host}/waInstance1101000001/logout/token`, options());
  later.mockRestore();

  expect(exchange).toMatchObject({ kind: 'answered', status: 200 });
  expect(world.seen.connections).toBe(2);
  connections.agent.destroy();
});

test('of two to one host, one is kept', async () => {
  await using world = await startHttpsHost({ answer });
  const connections = createConnections();

  await Promise.all([connections.openEarly(world.host), connections.openEarly(world.host)]);

  while (world.seen.connections < 2 || (await world.openConnections()) > 1) await sleep(5);
  expect(await world.openConnections()).toBe(1);
});

test('a host that cannot be reached is no failure', async () => {
  await expect(createConnections().openEarly('127.0.0.1:9')).resolves.toBeUndefined();
});
