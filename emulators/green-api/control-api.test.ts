import { call } from '../../test/support/green-api-call.ts';
import { anna, apiTokenInstance, createClock } from '../../test/support/green-api-instances.ts';
import { startGreenApi } from './emulator.ts';
import { faultNames } from './faults.ts';

const logout = `/waInstance${anna.idInstance}/logout/${apiTokenInstance}`;
const ofAnna = `/emulator/instances/${anna.idInstance}`;

test('sets a fault, shows it, and clears it', async () => {
  await using greenApi = await startGreenApi({ instances: [anna], enforceLimit: false });
  const url = `${greenApi.apiUrl}${ofAnna}/fault`;

  const set = await call(url, { method: 'PUT', body: { fault: 'http-500', method: 'logout', times: 2 } });

  expect(set.status).toBe(200);
  expect(JSON.parse(set.body)).toEqual({
    idInstance: anna.idInstance,
    stateInstance: 'authorized',
    faults: [{ fault: 'http-500', method: 'logout', times: 2 }],
  });
  expect(await call(greenApi.apiUrl + logout)).toMatchObject({ status: 500 });
  expect(await call(url, { method: 'DELETE' })).toMatchObject({ status: 200 });
  expect(await call(greenApi.apiUrl + logout)).toMatchObject({ status: 200 });
});

test('sets a state', async () => {
  await using greenApi = await startGreenApi({ instances: [anna] });

  await call(`${greenApi.apiUrl}${ofAnna}/state`, { method: 'PUT', body: { stateInstance: 'blocked' } });

  expect(greenApi.stateOf(anna.idInstance)).toBe('blocked');
});

test('lists instances, faults and calls, and never a token', async () => {
  await using greenApi = await startGreenApi({ instances: [anna], now: createClock().now });
  await call(greenApi.apiUrl + logout);
  await call(greenApi.apiUrl + logout);
  const read = async (path: string) => (await call(greenApi.apiUrl + path)).body;

  const [instances = '', one = '', faults = '', calls = ''] = await Promise.all(
    ['/emulator/instances', ofAnna, '/emulator/faults', '/emulator/calls'].map(read),
  );

  expect(JSON.parse(instances)).toEqual({ instances: [JSON.parse(one)] });
  expect(Object.keys(JSON.parse(faults))).toEqual(faultNames);
  expect(JSON.parse(calls)).toMatchObject({ total: 2, violations: 1, byMethod: { logout: 2 } });
  expect(JSON.parse(calls).latest).toEqual([
    { at: expect.any(Number), method: 'logout', idInstance: anna.idInstance, status: 200 },
    { at: expect.any(Number), method: 'logout', idInstance: anna.idInstance, status: 429 },
  ]);
  expect(instances + one + faults + calls).not.toContain(apiTokenInstance);
});

test('clears the recorded calls on request', async () => {
  await using greenApi = await startGreenApi({ instances: [anna] });
  await call(greenApi.apiUrl + logout);

  await call(`${greenApi.apiUrl}/emulator/calls`, { method: 'DELETE' });

  expect(greenApi.calls).toEqual([]);
});

test.each([
  ['an unknown fault', 'fault', { fault: 'http-999' }, 400, '"http-500"'],
  ['an unknown method', 'fault', { fault: 'hang', method: 'reboot' }, 400, '"getStateInstance"'],
  ['a number of times below one', 'fault', { fault: 'hang', times: 0 }, 400, 'times: '],
  ['an unknown field', 'fault', { fault: 'hang', tmies: 1 }, 400, 'tmies'],
  ['a state that is not a string', 'state', { stateInstance: 1 }, 400, 'stateInstance: '],
  ['no state', 'state', {}, 400, 'stateInstance'],
  ['a body that is not JSON', 'state', '{', 400, 'body: '],
  ['a body that is too long', 'state', 'x'.repeat(70_000), 413, '65536'],
  ['an unknown resource', 'elsewhere', {}, 404, 'PUT /emulator/instances/{id}/fault'],
])('answers %s with the allowed values', async (_what, resource, body, status, phrase) => {
  await using greenApi = await startGreenApi({ instances: [anna] });

  const reply = await call(`${greenApi.apiUrl}${ofAnna}/${resource}`, { method: 'PUT', body });

  expect(reply.status).toBe(status);
  expect(JSON.parse(reply.body).message).toContain(phrase);
});

test('answers 404 for an unknown instance', async () => {
  await using greenApi = await startGreenApi({ instances: [anna] });

  const reply = await call(`${greenApi.apiUrl}/emulator/instances/99/fault`, { method: 'DELETE' });

  expect(reply).toMatchObject({ status: 404, body: expect.stringContaining('GET /emulator/instances') });
});

test.each([
  ['a foreign Host', { host: 'rebound.example.com' }, 403],
  ['any Origin', { origin: 'http://127.0.0.1' }, 403],
  ['its own Host by another name', { host: 'LOCALHOST:3000' }, 200],
])('checks %s', async (_what, headers, status) => {
  await using greenApi = await startGreenApi({ instances: [anna] });

  expect(await call(`${greenApi.apiUrl}/emulator/calls`, { headers })).toMatchObject({ status });
});
