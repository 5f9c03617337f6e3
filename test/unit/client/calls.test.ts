import type { Client } from '../../../client/client.ts';
import type { Result } from '../../../client/result.ts';
import { routeKeyOf, routes } from '../../../functions/http/routes.ts';
import { accepted, answered, at, instance, listed, request, run, watch } from '../../support/api-client.ts';

type Row = {
  readonly route: string;
  readonly call: (client: Client) => Promise<Result<unknown>>;
  readonly answer: object;
  readonly value?: unknown;
  readonly sends?: object;
};

/** Each call, the route it is sent to, and what it gives for an answer with a further field. */
const rows: readonly Row[] = [
  {
    route: 'GET /instances',
    call: ({ listInstances }) => listInstances({ owner: 'john doe', group: undefined }),
    answer: { instances: [instance] },
    sends: { query: { owner: 'john doe' } },
  },
  {
    route: 'GET /instances',
    call: ({ listInstances }) => listInstances({ query: '+49 (0) 170 …4567' }),
    answer: { instances: [{ ...instance, name: 'John Doe', phone: '234567' }] },
    sends: { query: { query: '+49 (0) 170 …4567' } },
  },
  {
    route: 'GET /instances/{idInstance}/state',
    call: ({ readState }) => readState('1101000001'),
    answer: { stateInstance: null, readAt: at },
  },
  {
    route: 'POST /instances/{idInstance}/logout',
    call: ({ logOut }) => logOut('1101000001', { reason: 'phone lost' }, 20),
    answer: { confirmed: true },
    sends: { body: { reason: 'phone lost' }, headers: { prefer: 'wait=20', 'content-type': 'application/json' } },
  },
  {
    route: 'POST /forced-logouts',
    call: ({ startRun }) => startRun(request, 'INC-4711'),
    answer: accepted,
    sends: { body: request, headers: { 'idempotency-key': 'INC-4711' } },
  },
  {
    route: 'POST /forced-logouts',
    call: ({ retryRun }) => retryRun('api-1', { reason: 'phone found', evenIfStopped: true }, 'INC-4712'),
    answer: accepted,
    sends: {
      body: { retryOf: 'api-1', reason: 'phone found', evenIfStopped: true },
      headers: { 'idempotency-key': 'INC-4712' },
    },
  },
  {
    route: 'GET /forced-logouts',
    call: ({ listRuns }) => listRuns(1, 'RUNNING'),
    answer: { runs: [listed, listed], next: 'more' },
    value: [listed],
    sends: { query: { status: 'RUNNING' } },
  },
  {
    route: 'GET /forced-logouts',
    call: ({ readRunPage }) => readRunPage({ next: 'second&page' }),
    answer: { runs: [], next: 'third' },
    sends: { query: { next: 'second&page' } },
  },
  { route: 'GET /forced-logouts/{id}', call: ({ readRun }) => readRun('api-1'), answer: run },
  { route: 'DELETE /forced-logouts/{id}', call: ({ stopRun }) => stopRun('api-1'), answer: accepted },
  { route: 'GET /watches/{id}', call: ({ readWatch }) => readWatch('watch-1'), answer: watch },
  { route: 'DELETE /watches/{id}', call: ({ stopWatch }) => stopWatch('watch-1'), answer: accepted },
];

const pathOf = (route: string): string =>
  (route.split(' ')[1] ?? '')
    .replace('{idInstance}', '1101000001')
    .replace('{id}', route.includes('watches') ? 'watch-1' : 'api-1');

test.each(rows)('$route: sends the call and reads the answer', async ({ route, call, answer, value, sends }) => {
  const { result, received } = await answered(() => ({ body: { ...answer, later: 'a field of a newer API' } }), call);

  expect(result).toMatchObject({ kind: 'ok', value: value ?? answer });
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({ method: route.split(' ')[0], path: `/desk${pathOf(route)}`, ...sends });
  expect(received[0]?.headers.authorization).toBe('signed');
});

test('there is a call for every route of the API', () => {
  expect(new Set(rows.map(({ route }) => route))).toEqual(new Set(routes.map(routeKeyOf)));
});
