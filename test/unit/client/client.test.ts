import { type Client, createClient } from '../../../client/client.ts';
import type { Result } from '../../../client/result.ts';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';
import { accepted, answered, at, clientOf, instance, listed, request, run } from '../../support/api-client.ts';

test('an id stays one part of the path', async () => {
  const { received } = await answered(
    () => ({ body: run }),
    ({ readRun }) => readRun('../instances?next=1'),
  );

  expect(received[0]).toMatchObject({ path: '/desk/forced-logouts/..%2Finstances%3Fnext%3D1', query: {} });
});

test('the answer is kept whole beside the fields that are read', async () => {
  const { result } = await answered(
    () => ({ body: { ...accepted, later: 1 } }),
    ({ stopRun }) => stopRun('api-1'),
  );

  expect(result).toEqual({ kind: 'ok', value: accepted, body: { ...accepted, later: 1 } });
});

const problem = { title: 'The token is lost', detail: 'Fetch it in the console.', code: 'token-lost', confirmed: true };

test.each([
  ['a problem of the API', 502, problem, { ...problem, mayTakeEffect: true }],
  ['a refusal of the API', 409, problem, { ...problem, mayTakeEffect: false }],
  [
    'an answer of the gateway',
    503,
    { message: 'Service Unavailable' },
    { title: 'Service Unavailable', mayTakeEffect: true },
  ],
  ['a redirect', 302, '', { body: '', mayTakeEffect: false }],
  ['a status without a problem', 403, { detail: 'x' }, { body: { detail: 'x' }, mayTakeEffect: false }],
])('%s is a problem with its status', async (_name, status, body, expected) => {
  const { result } = await answered(
    () => ({ status, body }),
    ({ logOut }) => logOut('1101000001', {}),
  );

  expect(result).toMatchObject({ kind: 'problem', status, body, ...expected });
  expect('detail' in result).toBe('detail' in expected);
});

test('a redirect is not followed', async () => {
  const paths: (string | undefined)[] = [];
  await using server = await startLoopbackServer((request, response) => {
    paths.push(request.url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  }, {});

  const result = await clientOf(server.url).stopRun('api-1');

  expect(result).toMatchObject({ kind: 'problem', status: 307 });
  expect(paths).toEqual(['/desk/forced-logouts/api-1']);
});

test('a call that only reads has no effect that may follow', async () => {
  const { result } = await answered(
    () => ({ status: 503, body: { message: 'Service Unavailable' } }),
    ({ readRun }) => readRun('api-1'),
  );

  expect(result).toMatchObject({ kind: 'problem', mayTakeEffect: false });
});

test.each([
  ['a field is missing', '{"status":"RUNNING"}'],
  ['a field has another type', '{"id":1,"status":"RUNNING"}'],
  ['no JSON', '<html></html>'],
  ['nothing', ''],
])('%s: the answer is not understood', async (_name, text) => {
  await using server = await startLoopbackServer((_request, response) => void response.end(text), {});
  const client = clientOf(server.url);

  const [written, read] = [await client.startRun(request, 'key'), await client.readRun('api-1')];

  expect(written).toEqual({ kind: 'not-understood', why: 'form', status: 200, mayTakeEffect: true });
  expect(read).toEqual({ kind: 'not-understood', why: 'form', status: 200, mayTakeEffect: false });
});

const endWithoutAnswer = (url: string) => ({ kind: 'not-reached', url: `${url}/desk/forced-logouts/api-1` });

test('a connection that breaks leaves open whether a change takes effect', async () => {
  await using server = await startLoopbackServer((request) => void request.socket.destroy(), {});
  const client = clientOf(server.url);

  const [written, read] = [await client.stopRun('api-1'), await client.readRun('api-1')];

  expect(written).toMatchObject({ ...endWithoutAnswer(server.url), why: 'connection-lost', mayTakeEffect: true });
  expect(read).toMatchObject({ ...endWithoutAnswer(server.url), why: 'connection-lost', mayTakeEffect: false });
});

test('a body that breaks off is no answer', async () => {
  await using server = await startLoopbackServer((request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"id":');
    setImmediate(() => request.socket.destroy());
  }, {});

  const result = await clientOf(server.url).stopRun('api-1');

  expect(result).toMatchObject({ why: 'connection-lost', mayTakeEffect: true });
});

test('a service that does not answer in time is not reached', async () => {
  await using server = await startLoopbackServer(() => {}, {});

  const result = await clientOf(server.url, { timeoutMs: 20 }).stopRun('api-1');

  expect(result).toMatchObject({ ...endWithoutAnswer(server.url), why: 'time-out', mayTakeEffect: true });
});

test('nothing is sent to an address where nobody listens', async () => {
  const server = await startLoopbackServer(() => {}, {});
  await server.close();

  const result = await clientOf(server.url).stopRun('api-1');

  expect(result).toMatchObject({ ...endWithoutAnswer(server.url), why: 'not-connected', mayTakeEffect: false });
});

test('a transport that throws has sent nothing', async () => {
  const error = new Error('The AWS credentials have expired.');
  const client = createClient(() => Promise.reject(error));

  expect(await client.stopRun('api-1')).toEqual({ kind: 'not-reached', why: 'not-sent', error, mayTakeEffect: false });
});

test('a signal ends a call', async () => {
  const controller = new AbortController();
  await using server = await startLoopbackServer(() => controller.abort(), {});

  const result = await clientOf(server.url).readRun('api-1', controller.signal);

  expect(result).toMatchObject({ kind: 'not-reached', mayTakeEffect: false });
});

type ListCall = (client: Client) => Promise<Result<unknown>>;

const lists: readonly (readonly ['instances' | 'runs', ListCall])[] = [
  ['instances', ({ listInstances }) => listInstances()],
  ['runs', ({ listRuns }) => listRuns(20)],
];

/** What each list is read as. */
const readAs = { instances: { instances: [instance] }, runs: [listed] };

test.each(lists)('the list of %s is read to its last page, over empty ones', async (name, list) => {
  const items = { instances: instance, runs: listed };
  const { result, received } = await answered(({ query }) => {
    if (query.next === 'third') return { body: { [name]: [items[name]] } };
    return { body: { [name]: [], next: query.next === 'second' ? 'third' : 'second' } };
  }, list);

  expect(result).toMatchObject({ kind: 'ok', value: readAs[name] });
  expect(received.map(({ query }) => query.next)).toEqual([undefined, 'second', 'third']);
});

test('what is not understood on several pages is one list of names and one number', async () => {
  const names = Array.from({ length: 15 }, (_, at) => `green-api/x${at}`);
  const { result } = await answered(
    ({ query }) => {
      const unreadable = { names, count: query.next === undefined ? 15 : 30 };
      return { body: { instances: [], unreadable, ...(query.next === undefined && { next: 'second' }) } };
    },
    ({ listInstances }) => listInstances(),
  );

  expect(result).toMatchObject({ value: { unreadable: { names: [...names, ...names.slice(0, 5)], count: 45 } } });
});

test.each(lists)('the list of %s ends when a page names itself as the next one', async (name, list) => {
  const { result, received } = await answered(() => ({ body: { [name]: [], next: 'second' } }), list);

  expect(result).toMatchObject({ kind: 'not-understood', why: 'endless-list' });
  expect(received).toHaveLength(2);
});

test('a state is read again after a 429, and at most three times', async () => {
  const busy = { status: 429, body: { message: 'Too Many Requests' } };
  let readings = 0;
  const once = await answered(
    () => {
      readings += 1;
      return readings === 1 ? busy : { body: { stateInstance: 'authorized', readAt: at } };
    },
    ({ readState }) => readState('1101000001'),
  );
  const always = await answered(
    () => busy,
    ({ readState }) => readState('1101000001'),
  );

  expect(once).toMatchObject({ result: { kind: 'ok' }, received: { length: 2 } });
  expect(always).toMatchObject({ result: { kind: 'problem', status: 429 }, received: { length: 3 } });
});

test('a port that fetch forbids is never called, so a change cannot take effect', async () => {
  const result = await clientOf('http://127.0.0.1:6000').logOut('1101000001', {});

  expect(result).toMatchObject({ kind: 'not-reached', why: 'not-connected', mayTakeEffect: false });
});
