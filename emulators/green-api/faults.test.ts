import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../../test/support/green-api-call.ts';
import { anna, apiTokenInstance } from '../../test/support/green-api-instances.ts';
import { type GreenApiEmulator, startGreenApi } from './emulator.ts';
import { type FaultName, faultNames } from './faults.ts';

const pathOf = (method: string) => `/waInstance${anna.idInstance}/${method}/${apiTokenInstance}`;

type Expected = {
  /** What the client sees: a status, or the code of its error. */
  readonly seen: number | string;
  readonly body?: string | RegExp;
  /** The method that is called. @default 'logout' */
  readonly of?: 'getStateInstance' | 'updateApiToken';
  /** Whether the instance is logged out in the end. @default false */
  readonly out?: true;
  /** Whether it has another token in the end. @default false */
  readonly changed?: true;
};

const working = { seen: 200, body: '{"isLogout":true}', out: true } as const;

const expected: Record<FaultName, Expected> = {
  starting: { seen: 400, body: 'instance in starting process try later' },
  'starting-or-not-authorized': { seen: 400, body: 'instance is starting or not authorized' },
  'not-authorized': { seen: 400, body: 'instance account not authorized' },
  expired: { seen: 400, body: /^Instance account is expired\. Renew your instance from personal area/ },
  deleted: { seen: 400, body: 'Instance is deleted' },
  'bad-request-data': { seen: 400, body: 'bad request data' },
  'validation-failed': { seen: 400, body: /Validation failed/ },
  'http-401-text': { seen: 401, body: 'Unauthorized' },
  'http-401-json': { seen: 401, body: '{"message":"Unauthorized"}' },
  'http-403-html': { seen: 403, body: /403 Forbidden/ },
  'http-403-text': { seen: 403, body: 'Forbidden' },
  'http-404': { seen: 404, body: 'Not Found' },
  'http-408': { seen: 408 },
  'http-429': { seen: 429, body: 'Too Many Requests' },
  'http-466': { seen: 466, body: /QUOTE_EXCEEDED/ },
  'http-499': { seen: 499, body: 'Client Closed Request' },
  'http-500': { seen: 500 },
  'http-502': { seen: 502, body: /Bad Gateway/ },
  'http-503': { seen: 503 },
  'http-504-html': { seen: 504, body: /<html>/ },
  'null-answer': { seen: 200, body: 'null' },
  'false-answer': { seen: 200, body: 'false' },
  'empty-object': { seen: 200, body: '{}' },
  'empty-answer': { seen: 200, body: '' },
  'html-answer': { seen: 200, body: /<html>/ },
  'code-401': { seen: 200, body: '{"code":401,"description":"Unauthorized"}' },
  'is-logout-false': { seen: 200, body: '{"isLogout":false}' },
  'still-authorized': { seen: 200, body: '{"isLogout":true}' },
  'logged-out-but-500': { seen: 500, out: true },
  'logged-out-but-504': { seen: 504, out: true },
  'logged-out-but-reset': { seen: 'ECONNRESET', out: true },
  'logged-out-but-hang': { seen: 'ABORT_ERR', out: true },
  'token-changed-but-500': { of: 'updateApiToken', seen: 500, changed: true },
  'token-changed-but-reset': { of: 'updateApiToken', seen: 'ECONNRESET', changed: true },
  'token-changed-but-hang': { of: 'updateApiToken', seen: 'ABORT_ERR', changed: true },
  'token-changed-but-empty-object': { of: 'updateApiToken', seen: 200, body: '{}', changed: true },
  'token-changed-but-code-401': { of: 'updateApiToken', seen: 200, body: /^{"code":401,/, changed: true },
  'state-null': { of: 'getStateInstance', seen: 200, body: '{"stateInstance":null}' },
  'state-unknown': { of: 'getStateInstance', seen: 200, body: '{"stateInstance":"someNewState"}' },
  'state-not-authorized': { of: 'getStateInstance', seen: 200, body: '{"stateInstance":"notAuthorized"}' },
  'state-authorized': { of: 'getStateInstance', seen: 200, body: '{"stateInstance":"authorized"}' },
  slow: working,
  'slow-body': working,
  hang: { seen: 'ABORT_ERR' },
  'hang-in-body': { seen: 'ABORT_ERR', out: true },
  reset: { seen: 'ECONNRESET' },
  'reset-in-body': { seen: 'ECONNRESET', out: true },
  'reset-when-reused': working,
  redirect: { seen: 302, body: '' },
  'huge-body': { seen: 200, body: /^{"isLogout":true,"padding":"xxx/ },
  'not-utf8': { seen: 200, body: /\ufffd/ },
  'header-flood': { seen: 'HPE_HEADER_OVERFLOW' },
};

/** Aborts the call 50 ms after it arrived, so that a fault that answers would have answered by then. */
const leaveOnceCalled = async ({ calls }: GreenApiEmulator, leaving: AbortController) => {
  while (calls.length === 0) await new Promise(setImmediate);
  await sleep(50);
  leaving.abort();
};

test.each(faultNames)('emulates %s', async (fault) => {
  const { seen, body, of = 'logout', out = false, changed = false } = expected[fault];
  await using greenApi = await startGreenApi({ instances: [{ ...anna, logoutDelayMs: 0 }] });
  greenApi.setFault(anna.idInstance, fault, { delayMs: 20 });

  const leaving = new AbortController();
  const pending = call(greenApi.apiUrl + pathOf(of), { signal: leaving.signal });
  if (seen === 'ABORT_ERR') await leaveOnceCalled(greenApi, leaving);
  const reply = await pending.catch((error) => ({ status: error.code, body: '' }));

  expect(reply.status).toBe(seen);
  if (body instanceof RegExp) expect(reply.body).toMatch(body);
  else if (body !== undefined) expect(reply.body).toBe(body);
  expect(greenApi.stateOf(anna.idInstance)).toBe(out ? 'notAuthorized' : 'authorized');
  expect(greenApi.tokenOf(anna.idInstance) !== apiTokenInstance).toBe(changed);
});

const statusesOf = async (apiUrl: string, paths: readonly string[]) => {
  const statuses = [];
  for (const path of paths) statuses.push((await call(apiUrl + path)).status);
  return statuses;
};

test('a fault with a count applies to that many requests only', async () => {
  await using greenApi = await startGreenApi({ instances: [anna], enforceLimit: false });

  greenApi.setFault(anna.idInstance, 'http-500', { times: 2 });

  expect(await statusesOf(greenApi.apiUrl, Array(4).fill(pathOf('logout')))).toEqual([500, 500, 200, 200]);
});

test('a fault of one method takes precedence over a fault of every method, and each is cleared separately', async () => {
  await using greenApi = await startGreenApi({ instances: [anna], enforceLimit: false });
  const paths = [pathOf('logout'), pathOf('getStateInstance')];
  const { idInstance } = anna;

  greenApi.setFault(idInstance, 'http-500');
  greenApi.setFault(idInstance, 'http-502', { method: 'logout' });
  expect(await statusesOf(greenApi.apiUrl, paths)).toEqual([502, 500]);
  greenApi.setFault(idInstance, undefined, { method: 'logout' });
  expect(await statusesOf(greenApi.apiUrl, paths)).toEqual([500, 500]);
  greenApi.setFault(idInstance, undefined);
  expect(await statusesOf(greenApi.apiUrl, paths)).toEqual([200, 200]);
});

test('a fault of logouts does not affect readings', async () => {
  await using greenApi = await startGreenApi({ instances: [anna] });

  greenApi.setFault(anna.idInstance, 'logged-out-but-500');

  expect(await statusesOf(greenApi.apiUrl, [pathOf('getStateInstance'), pathOf('logout')])).toEqual([200, 500]);
});

test('a state can be wrong once', async () => {
  await using greenApi = await startGreenApi({ instances: [anna], enforceLimit: false });
  greenApi.setFault(anna.idInstance, 'state-not-authorized', { times: 1 });

  const first = await call(greenApi.apiUrl + pathOf('getStateInstance'));
  const second = await call(greenApi.apiUrl + pathOf('getStateInstance'));

  expect([first.body, second.body]).toEqual(['{"stateInstance":"notAuthorized"}', '{"stateInstance":"authorized"}']);
});

test('reset-when-reused resets the second request of a connection, and not the first', async () => {
  const agent = new Agent({ keepAlive: true });
  await using greenApi = await startGreenApi({ instances: [anna], enforceLimit: false });
  greenApi.setFault(anna.idInstance, 'reset-when-reused');
  const url = greenApi.apiUrl + pathOf('logout');

  expect(await call(url, { agent })).toMatchObject({ status: 200 });
  await expect(call(url, { agent })).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await call(url, { agent })).toMatchObject({ status: 200 });
  agent.destroy();
});

test('redirects to the given location', async () => {
  await using greenApi = await startGreenApi({ instances: [anna] });
  const location = 'http://127.0.0.1:9/elsewhere';

  greenApi.setFault(anna.idInstance, 'redirect', { location });

  expect(await call(greenApi.apiUrl + pathOf('logout'))).toMatchObject({ status: 302, headers: { location } });
});

test('sends the whole of a huge body', async () => {
  await using greenApi = await startGreenApi({ instances: [anna] });
  greenApi.setFault(anna.idInstance, 'huge-body');

  const { body } = await call(greenApi.apiUrl + pathOf('logout'));

  expect(body.length).toBeGreaterThan(10_000_000);
});
