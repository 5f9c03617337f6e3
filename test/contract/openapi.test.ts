import { providerRoutes, routeKeyOf, routes } from '../../functions/http/routes.ts';
import { createGateway } from '../../local/dev-server/gateway.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { checkAnswer } from '../support/openapi-check.ts';
import { lintOpenApi, operationOf } from '../support/openapi-document.ts';

const { problems, document } = lintOpenApi();

// The document has no operation for any method on any path. In words it says what the others are answered.
const operations = [...routes, ...providerRoutes].filter(({ method }) => method !== 'ANY').map(routeKeyOf);

test('the linter reports nothing about the document', () => {
  expect(problems).toEqual([]);
});

test('the document has the routes that can be deployed, except the one for all other paths of SCIM, and no others', () => {
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );

  expect(documented.toSorted()).toEqual(operations.toSorted());
});

test('every operation can succeed, except that SCIM groups are refused', () => {
  const failing = operations.filter((routeKey) => {
    const statuses = Object.keys(operationOf(document, routeKey).responses);
    return !statuses.some((status) => status.startsWith('2'));
  });

  expect(failing).toEqual(['POST /scim/v2/Groups']);
});

describe('checkAnswer', () => {
  const operation = operationOf(document, 'GET /instances');
  const answer = {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: { instances: [{ idInstance: '1101000001', protected: false }] },
  };

  test('accepts a correct answer', () => {
    expect(checkAnswer(operation, answer)).toEqual([]);
  });

  test.each([
    [
      'an undocumented field',
      { ...answer, body: { instances: [{ idInstance: '1101000001', protected: false, apiTokenInstance: 'f00d' }] } },
      'data/instances/0 must NOT have additional properties',
    ],
    ['a missing field', { ...answer, body: {} }, "data must have required property 'instances'"],
    ['another status', { ...answer, status: 418 }, 'status 418 is not documented'],
    [
      'another content type',
      { ...answer, headers: { 'content-type': 'text/html' } },
      '200 text/html is not documented',
    ],
    [
      'an undocumented header',
      { ...answer, headers: { ...answer.headers, 'x-powered-by': 'x' } },
      'header x-powered-by is not documented',
    ],
    [
      'another value of a header',
      { ...answer, headers: { ...answer.headers, 'cache-control': 'public' } },
      'header cache-control data must be equal to constant',
    ],
  ])('finds %s', (_, wrong, problem) => {
    expect(checkAnswer(operation, wrong)).toEqual([problem]);
  });
});

test("the gateway's own answers match the document", async () => {
  const call = () => Promise.reject(new Error('no function is called'));
  await using server = await startLoopbackServer(createGateway({ routes, call }), {});
  const operation = operationOf(document, 'POST /instances/{idInstance}/logout');
  const send = async (init: RequestInit) => {
    const response = await fetch(`${server.url}/instances/1101000001/logout`, init);
    const headers = { 'content-type': response.headers.get('content-type') };
    return { status: response.status, headers, body: (await response.json()) as Record<string, unknown> };
  };

  const unknownRoute = await send({ method: 'PATCH' });
  const tooLarge = await send({ method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });

  expect([unknownRoute.status, tooLarge.status]).toEqual([404, 413]);
  expect([unknownRoute, tooLarge].flatMap((answer) => checkAnswer(operation, answer))).toEqual([]);
});
