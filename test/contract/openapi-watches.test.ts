import { createForcedLogoutsHandler, type ForcedLogoutsHandlerDependencies } from '../../functions/forced-logouts.ts';
import { lambdaFailureOf } from '../../functions/runs/lambda/failure.ts';
import type { Watch } from '../../functions/watch/read-watch.ts';
import { releaseReasons } from '../../functions/watch/watch-state.ts';
import { type Answer, contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';
import { checkAnswer } from '../support/openapi-check.ts';
import { examplesOf, expectExamples, lintOpenApi, operationOf } from '../support/openapi-document.ts';

const { document } = lintOpenApi();
const id = 'watch-6367c48dd193d56ea7b0baad25b19455e529f5ee';

const watching: Watch = {
  kind: 'watch',
  status: 'RUNNING',
  run: 'api-6367c48dd193d56ea7b0baad25b19455e529f5ee',
  reason: 'phones lost',
  requestedBy: 'auth0|desk',
  startedAt: new Date('2026-11-22T09:00:00Z'),
  until: '2026-11-29T09:00:00.000Z',
  nextActionAt: new Date('2026-11-22T09:45:00Z'),
  progress: { total: 3, linkedAgain: 1, released: 1, unread: 0 },
  outcomes: [
    { idInstance: '1101000001', kind: 'linked-again', at: '2026-11-22T09:16:00.000Z' },
    { idInstance: '1101000002', kind: 'watching' },
    { idInstance: '1101000003', kind: 'released', at: '2026-11-22T09:15:00.000Z', reason: 'secret-removed' },
  ],
};

const never = () => Promise.reject(new Error('not the part of this test'));

const answerOf = async (
  routeKey: string,
  watches: Partial<Pick<ForcedLogoutsHandlerDependencies, 'readWatch' | 'stopWatch'>>,
  name = id,
): Promise<Answer> => {
  const handler = createForcedLogoutsHandler({
    requestRun: never,
    listRuns: never,
    readRun: never,
    stopRun: never,
    recordStopped: never,
    readWatch: never,
    stopWatch: never,
    stack: 'green-api-logout',
    limits: { maxTargetsCeiling: 500, executionTimeoutMs: 30 * 86_400_000 },
    now: () => new Date(),
    log: () => {},
    ...watches,
  });
  return parseAnswer(await handler(httpEventOf({ routeKey, pathParameters: { id: name } }), contextOf()));
};

const whenLambdaSays = (name: string) => async () =>
  lambdaFailureOf(Object.assign(new Error('not ours to quote'), { name }), 'lambda:GetDurableExecution');

const failuresOf = (routeKey: string) => {
  const failures = {
    'unknown-watch': async () => ({ kind: 'unknown-run' }) as const,
    'runs-denied': whenLambdaSays('ExpiredTokenException'),
    throttled: whenLambdaSays('TooManyRequestsException'),
    unavailable: whenLambdaSays('ServiceException'),
    'internal-error': never,
  };
  return {
    ...Object.fromEntries(
      Object.entries(failures).map(([name, meet]) => [
        name,
        () => answerOf(routeKey, { readWatch: meet, stopWatch: meet }),
      ]),
    ),
    'invalid-request': () => answerOf(routeKey, {}, 'watch-1'),
  };
};

const answers = {
  'GET /watches/{id}': {
    watching: () => answerOf('GET /watches/{id}', { readWatch: async () => watching }),
    ...failuresOf('GET /watches/{id}'),
  },
  'DELETE /watches/{id}': {
    'watch-stopped': () => answerOf('DELETE /watches/{id}', { stopWatch: async () => ({ kind: 'stopped' }) }),
    'watch-ended': () =>
      answerOf('DELETE /watches/{id}', { stopWatch: async () => ({ kind: 'ended', status: 'SUCCEEDED' }) }),
    ...failuresOf('DELETE /watches/{id}'),
  },
};

describe.each(Object.entries(answers))('%s', (routeKey, answersOfRoute) => {
  const operation = operationOf(document, routeKey);

  test.each(Object.entries(answersOfRoute))(
    '%s is documented, and its example is what the function answers; npm run docs:openapi writes it',
    async (name, request) => {
      const answer = await request();

      expect(checkAnswer(operation, answer)).toEqual([]);
      expectExamples(document, routeKey, { [name]: answer });
      expect(answer.headers['cache-control']).toBe('no-store');
      expect('retry-after' in answer.headers).toBe(answer.status === 503);
      expect('location' in answer.headers).toBe(answer.status === 202);
    },
  );

  test('there are no other examples', () => {
    expect(Object.keys(examplesOf(operation)).toSorted()).toEqual(Object.keys(answersOfRoute).toSorted());
  });
});

test('stopping a watch a second time succeeds', async () => {
  const answer = await answerOf('DELETE /watches/{id}', {
    stopWatch: async () => ({ kind: 'ended', status: 'STOPPED' }),
  });

  expect([answer.status, answer.body]).toEqual([202, { id, status: 'STOPPED' }]);
});

test('the reasons of a release are those of a watch, and no others', () => {
  const watch = operationOf(document, 'GET /watches/{id}').responses['200']?.content?.['application/json']?.schema;

  expect(watch).toMatchObject({
    properties: { outcomes: { items: { properties: { reason: { enum: releaseReasons } } } } },
  });
});
