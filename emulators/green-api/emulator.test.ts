import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { certificate } from '../../test/support/certificate.ts';
import { call } from '../../test/support/green-api-call.ts';
import { anna, apiTokenInstance, createClock } from '../../test/support/green-api-instances.ts';
import { startGreenApi } from './emulator.ts';

const pathOf = (method: string, idInstance = anna.idInstance, token = apiTokenInstance) =>
  `/waInstance${idInstance}/${method}/${token}`;

test('logs an authorized instance out, and reports the state some time after isLogout: true', async () => {
  const { now, advance } = createClock();
  await using greenApi = await startGreenApi({ instances: [anna], now });

  const logout = await call(greenApi.apiUrl + pathOf('logout'));
  const reading = await call(greenApi.apiUrl + pathOf('getStateInstance'));
  advance(1000);
  const laterReading = await call(greenApi.apiUrl + pathOf('getStateInstance'));

  expect(logout).toMatchObject({ status: 200, body: '{"isLogout":true}' });
  expect(reading.body).toBe('{"stateInstance":"authorized"}');
  expect(laterReading.body).toBe('{"stateInstance":"notAuthorized"}');
  expect(greenApi.stateOf(anna.idInstance)).toBe('notAuthorized');
});

test('changes the token: the new one works, and the old one is rejected', async () => {
  await using greenApi = await startGreenApi({ instances: [anna], enforceLimit: false });

  const { status, body } = await call(greenApi.apiUrl + pathOf('updateApiToken'));
  const token = JSON.parse(body).apiTokenInstance;

  expect([status, token]).toEqual([200, expect.stringMatching(/^[0-9a-f]{50}$/)]);
  expect(token).not.toBe(apiTokenInstance);
  expect(greenApi.tokenOf(anna.idInstance)).toBe(token);
  expect(await call(greenApi.apiUrl + pathOf('logout'))).toMatchObject({ status: 401 });
  expect(await call(greenApi.apiUrl + pathOf('logout', anna.idInstance, token))).toMatchObject({ status: 200 });
});

test('can accept the old token for a short time after a change, but not for another change', async () => {
  const { now, advance } = createClock();
  const instance = { ...anna, oldTokenValidMs: 5000 };
  await using greenApi = await startGreenApi({ instances: [instance], now, enforceLimit: false });
  await call(greenApi.apiUrl + pathOf('updateApiToken'));
  const token = greenApi.tokenOf(anna.idInstance);

  advance(4999);
  expect(await call(greenApi.apiUrl + pathOf('getStateInstance'))).toMatchObject({ status: 200 });
  expect((await call(greenApi.apiUrl + pathOf('updateApiToken'))).body).toContain('"code":401');
  advance(1);

  expect(await call(greenApi.apiUrl + pathOf('getStateInstance'))).toMatchObject({ status: 401 });
  expect(greenApi.tokenOf(anna.idInstance)).toBe(token);
});

test('rejects a wrong token for updateApiToken with HTTP 200', async () => {
  await using greenApi = await startGreenApi({ instances: [anna] });

  const reply = await call(greenApi.apiUrl + pathOf('updateApiToken', anna.idInstance, 'wrong'));

  expect(reply).toMatchObject({ status: 200, body: '{"code":401,"description":"Unauthorized"}' });
  expect(greenApi.tokenOf(anna.idInstance)).toBe(apiTokenInstance);
});

test('allows a token to be changed from outside, as in the console of GREEN-API', async () => {
  await using greenApi = await startGreenApi({ instances: [anna], enforceLimit: false });

  greenApi.changeToken(anna.idInstance, 'another');

  expect(await call(greenApi.apiUrl + pathOf('logout'))).toMatchObject({ status: 401 });
  expect(await call(greenApi.apiUrl + pathOf('logout', anna.idInstance, 'another'))).toMatchObject({ status: 200 });
});

test('clears the queue, and accepts one /v3 before the path', async () => {
  await using greenApi = await startGreenApi({ instances: [anna] });

  expect(await call(greenApi.apiUrl + pathOf('clearMessagesQueue'))).toMatchObject({ body: '{"isCleared":true}' });
  expect(await call(`${greenApi.apiUrl}/v3${pathOf('logout')}`)).toMatchObject({ status: 200 });
  expect(await call(`${greenApi.apiUrl}/v3/v3${pathOf('logout')}`)).toMatchObject({ status: 404 });
});

test.each([
  ['whatsapp', 'getWaSettings', 'getAccountSettings', '491701234567@c.us'],
  ['telegram', 'getAccountSettings', 'getWaSettings', expect.not.stringContaining('491701234567')],
  ['v3', 'getAccountSettings', 'getWaSettings', expect.not.stringContaining('491701234567')],
] as const)(
  'names the number of an account of %s only while it is linked',
  async (typeInstance, method, other, wid) => {
    const instance = { ...anna, typeInstance, phone: '491701234567' };
    await using greenApi = await startGreenApi({ instances: [instance], enforceLimit: false });
    const read = async (name: string) => {
      const { status, body } = await call(greenApi.apiUrl + pathOf(name));
      return status === 200 ? JSON.parse(body) : status;
    };

    expect(await read('getSettings')).toEqual({ typeInstance, wid });
    expect(await read(method)).toMatchObject({ phone: '491701234567', stateInstance: 'authorized' });
    expect(await read(other)).toBe(404);
    greenApi.setState(anna.idInstance, 'notAuthorized');
    expect(await read('getSettings')).toEqual({ typeInstance, wid: '' });
    expect(await read(method)).toMatchObject({ phone: '' });
  },
);

test.each([
  ['a wrong token', 'GET', pathOf('logout', anna.idInstance, 'wrong'), 401, 'Unauthorized'],
  ['an unknown instance', 'GET', pathOf('logout', '1101999999'), 403, 'Forbidden'],
  ['an unknown method', 'GET', pathOf('reboot'), 404, 'Not Found'],
  ['another verb', 'POST', pathOf('logout'), 404, 'Not Found'],
  ['a path without a token', 'GET', '/waInstance1101000001/logout', 404, 'Not Found'],
  ['an id of 21 digits', 'GET', pathOf('logout', '110100000111010000011'), 404, 'Not Found'],
  ['a name every object has', 'GET', pathOf('constructor'), 404, 'Not Found'],
])('answers %s as GREEN-API does', async (_what, method, path, status, phrase) => {
  await using greenApi = await startGreenApi({ instances: [anna] });

  const reply = await call(greenApi.apiUrl + path, { method });

  expect(reply.status).toBe(status);
  expect(reply.body).toContain(phrase);
  expect(greenApi.stateOf(anna.idInstance)).toBe('authorized');
});

test('allows one request per second for each instance and method, and counts requests that come sooner', async () => {
  const { now, advance } = createClock();
  await using greenApi = await startGreenApi({ instances: [anna, { ...anna, idInstance: '1101000002' }], now });
  const statusOf = async (path: string) => (await call(greenApi.apiUrl + path)).status;

  expect(await statusOf(pathOf('logout'))).toBe(200);
  expect(await statusOf(pathOf('getStateInstance'))).toBe(200);
  expect(await statusOf(pathOf('logout', '1101000002'))).toBe(200);
  advance(999);
  expect(await statusOf(pathOf('logout'))).toBe(429);
  advance(1);
  expect(await statusOf(pathOf('logout'))).toBe(200);

  expect(greenApi.violations).toBe(1);
});

test('counts the second from the arrival of a request that it may have seen late', async () => {
  const { now, advance } = createClock();
  await using greenApi = await startGreenApi({ instances: [anna], now, latenessMs: () => 300 });
  const logOut = async () => (await call(greenApi.apiUrl + pathOf('logout'))).status;

  expect(await logOut()).toBe(200);
  advance(699);
  expect(await logOut()).toBe(429);
  advance(1);
  expect(await logOut()).toBe(200);
});

test('a clock of the machine that is set back changes nothing', async () => {
  await using greenApi = await startGreenApi({ instances: [{ ...anna, logoutDelayMs: 0 }], latenessMs: () => 1000 });
  await call(greenApi.apiUrl + pathOf('logout'));
  const clock = jest.spyOn(Date, 'now').mockReturnValue(0);

  const again = await call(greenApi.apiUrl + pathOf('logout'));
  const reading = await call(greenApi.apiUrl + pathOf('getStateInstance'));
  clock.mockRestore();

  expect(again.status).toBe(200);
  expect(reading.body).toBe('{"stateInstance":"notAuthorized"}');
});

test('allows and counts requests that come too soon when the limit is not enforced', async () => {
  const { now, advance } = createClock();
  await using greenApi = await startGreenApi({ instances: [anna], now, enforceLimit: false });

  for (const ms of [500, 500, 500]) {
    expect(await call(greenApi.apiUrl + pathOf('logout'))).toMatchObject({ status: 200 });
    advance(ms);
  }

  expect(greenApi.violations).toBe(2);
});

test('keeps a record of the calls, by instance and method, without tokens, until it is cleared', async () => {
  const { now } = createClock();
  await using greenApi = await startGreenApi({ instances: [anna], now });

  await call(greenApi.apiUrl + pathOf('logout'));
  await call(greenApi.apiUrl + pathOf('getStateInstance'));
  await call(greenApi.apiUrl + pathOf('reboot'));

  const { idInstance } = anna;
  expect(greenApi.calls).toEqual([
    { at: now(), method: 'logout', idInstance, status: 200 },
    { at: now(), method: 'getStateInstance', idInstance, status: 200 },
    { at: now(), method: 'unknown', idInstance, status: 404 },
  ]);
  expect(greenApi.callsOf(idInstance)).toHaveLength(3);
  expect(greenApi.callsOf(idInstance, 'logout')).toHaveLength(1);
  expect(JSON.stringify(greenApi.calls)).not.toContain(apiTokenInstance);

  greenApi.clearCalls();
  expect(greenApi.calls).toEqual([]);
  expect(greenApi.callsOf(idInstance)).toEqual([]);
});

test('accepts new instances and states while it runs', async () => {
  await using greenApi = await startGreenApi();

  greenApi.add({ ...anna, stateInstance: null });
  expect(await call(greenApi.apiUrl + pathOf('getStateInstance'))).toMatchObject({ status: 200, body: 'null' });
  greenApi.setState(anna.idInstance, 'yellowCard');

  expect(greenApi.stateOf(anna.idInstance)).toBe('yellowCard');
  expect(() => greenApi.setState('99', 'authorized')).toThrow('the emulator has no instance 99');
});

test.each([
  ['is-logout', 200, '{"isLogout":true}'],
  ['starting-or-not-authorized', 400, 'instance is starting or not authorized'],
] as const)(
  'answers the logout of an instance that is already logged out with %s',
  async (repeatedLogout, status, body) => {
    const instance = { ...anna, stateInstance: 'notAuthorized', repeatedLogout };
    await using greenApi = await startGreenApi({ instances: [instance] });

    expect(await call(greenApi.apiUrl + pathOf('logout'))).toMatchObject({ status, body });
  },
);

test('gives the same transient faults to the requests for the same seed', async () => {
  const outcomes = async (seed: number) => {
    const instances = Array.from({ length: 100 }, (_, at) => ({ ...anna, idInstance: String(at + 1) }));
    await using greenApi = await startGreenApi({ instances, transientFaults: { rate: 0.3, seed } });
    const statuses = [];
    for (const { idInstance } of instances) {
      const status = await call(greenApi.apiUrl + pathOf('logout', idInstance)).then(
        (reply) => reply.status,
        (error) => error.code,
      );
      statuses.push(status);
    }
    return statuses;
  };

  const first = await outcomes(7);

  expect(await outcomes(7)).toEqual(first);
  expect(await outcomes(8)).not.toEqual(first);
  expect(new Set(first)).toEqual(new Set([200, 429, 500, 502, 'ECONNRESET']));
});

test('reports its address, and a port that is in use', async () => {
  await using greenApi = await startGreenApi();

  expect(greenApi.apiUrl).toBe(`http://${greenApi.host}`);
  const port = Number(new URL(greenApi.apiUrl).port);
  await expect(startGreenApi({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('ends idle, hanging and delayed connections when it closes, and can be closed twice', async () => {
  const agent = new Agent({ keepAlive: true });
  const greenApi = await startGreenApi({ instances: [anna], answerDelayMs: 30 });
  await call(greenApi.apiUrl + pathOf('logout'), { agent });
  greenApi.setFault(anna.idInstance, 'hang');
  const hanging = call(greenApi.apiUrl + pathOf('getStateInstance')).catch((error) => error.code);
  while (greenApi.calls.length < 2) await new Promise(setImmediate);

  await greenApi.close();
  await greenApi.close();

  expect(await hanging).toBe('ECONNRESET');
  agent.destroy();
});

test('survives input that is not HTTP, and clients that disconnect', async () => {
  await using greenApi = await startGreenApi({ instances: [anna] });
  const socket = connect(Number(new URL(greenApi.apiUrl).port), '127.0.0.1').resume();
  socket.end('\0\u0001 nonsense\r\n\r\n');
  await once(socket, 'close');
  greenApi.setFault(anna.idInstance, 'hang', { times: 1 });
  const leaving = new AbortController();
  const left = expect(call(greenApi.apiUrl + pathOf('logout'), { signal: leaving.signal })).rejects.toThrow('aborted');
  while (greenApi.calls.length === 0) await new Promise(setImmediate);
  leaving.abort();
  await left;

  expect(await call(`${greenApi.apiUrl}/%ff/waInstance`)).toMatchObject({ status: 404 });
  expect(await call(greenApi.apiUrl + pathOf('getStateInstance'))).toMatchObject({ status: 200 });
});

test('uses HTTPS when it has a certificate, also when it resets connections', async () => {
  await using greenApi = await startGreenApi({ instances: [anna], tls: certificate });
  const options = { ca: certificate.cert };

  expect(greenApi.apiUrl).toMatch(/^https:/);
  expect(await call(greenApi.apiUrl + pathOf('logout'), options)).toMatchObject({ status: 200 });
  greenApi.setFault(anna.idInstance, 'reset');
  await expect(call(greenApi.apiUrl + pathOf('getStateInstance'), options)).rejects.toMatchObject({
    code: 'ECONNRESET',
  });
  await expect(call(greenApi.apiUrl + pathOf('logout'))).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});
