import { checkAccess } from '../../functions/http/access.ts';
import { deskRoutes, providerRoutes, routeKeyOf, routes } from '../../functions/http/routes.ts';
import { createGateway } from '../../local/dev-server/gateway.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { httpEventOf, parseAnswer } from '../support/http-event.ts';
import { allows, checkAnswer } from '../support/openapi-check.ts';
import {
  examplesOf,
  expectExamples,
  lintOpenApi,
  operationOf,
  requestExamplesOf,
  sharedExample,
  valueExamplesIn,
} from '../support/openapi-document.ts';

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

test('every example is allowed by its schema', () => {
  // Many routes share a parameter, a header or a schema.
  const each = new Map(
    valueExamplesIn(document.paths).map((example) => [JSON.stringify([example.schema, example.value]), example]),
  );

  const wrong = [...each.values()].filter(({ schema, value }) => !allows(schema, value));

  expect(wrong.map(({ at, value }) => ({ at, value }))).toEqual([]);
});

test('there are examples of answers only of routes whose own test produces each of them', () => {
  const routesWithExamples = operations.filter(
    (routeKey) => Object.keys(examplesOf(operationOf(document, routeKey))).length > 0,
  );

  expect(routesWithExamples.toSorted()).toEqual([
    'DELETE /forced-logouts/{id}',
    'DELETE /watches/{id}',
    'GET /forced-logouts',
    'GET /forced-logouts/{id}',
    'GET /instances',
    'GET /instances/{idInstance}/state',
    'GET /okta-event-hook',
    'GET /watches/{id}',
    'POST /forced-logouts',
    'POST /instances/{idInstance}/logout',
    'POST /offboarding',
    'POST /okta-event-hook',
  ]);
});

test('there are examples of requests only of routes whose own test sends each of them', () => {
  const routesWithExamples = operations.filter(
    (routeKey) => requestExamplesOf(operationOf(document, routeKey)).length > 0,
  );

  expect(routesWithExamples.toSorted()).toEqual([
    'PATCH /scim/v2/Users/{id}',
    'POST /forced-logouts',
    'POST /instances/{idInstance}/logout',
    'POST /offboarding',
  ]);
});

test.each(routes.map(routeKeyOf))(
  '%s: the answer to a caller without the role is documented, and so is its example; npm run docs:openapi writes it',
  (routeKey) => {
    const runs = { claim: 'roles', anyOf: ['whatsapp-runs'] };
    const before = checkAccess({ jwtAllow: { runs } }).before as (request: object) => Parameters<typeof parseAnswer>[0];

    const answer = parseAnswer(before({ event: httpEventOf({ routeKey }) }));

    const operation = operationOf(document, routeKey);
    expect(answer.status).toBe(403);
    expect(checkAnswer(operation, answer)).toEqual([]);
    if (answer.body.capability === 'runs') expectExamples(document, routeKey, { [sharedExample]: answer });
  },
);

describe("the gateway's own answers", () => {
  /** What API Gateway says itself (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html). */
  const messages: Readonly<Record<string, string>> = {
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    413: 'Request Entity Too Large',
    429: 'Too Many Requests',
    500: 'Internal Server Error',
    503: 'Service Unavailable',
  };

  test('are the only examples without a name', () => {
    const wrong = operations.flatMap((routeKey) =>
      Object.entries(operationOf(document, routeKey).responses).flatMap(([status, { content = {} }]) =>
        Object.entries(content)
          .filter(([, { example }]) => example !== undefined)
          .filter(([type, { example }]) => {
            const message =
              typeof example === 'object' && example !== null ? Reflect.get(example, 'message') : undefined;
            return type !== 'application/json' || message !== messages[status];
          })
          .map(([type]) => `${routeKey} ${status} ${type}`),
      ),
    );

    expect(wrong).toEqual([]);
  });

  test('match the document, as far as the local gateway gives them', async () => {
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const call = () => Promise.reject(new Error('the function ends with an error'));
    const authorize = async () => undefined;
    const gateway = createGateway({ routes: [...routes, ...deskRoutes], call, authorize });
    await using server = await startLoopbackServer(gateway, {});
    const operation = operationOf(document, 'POST /instances/{idInstance}/logout');
    const send = async (init: RequestInit, prefix = '') => {
      const response = await fetch(`${server.url}${prefix}/instances/1101000001/logout`, init);
      const headers = { 'content-type': response.headers.get('content-type') };
      return { status: response.status, headers, body: (await response.json()) as Record<string, unknown> };
    };

    const answers = [
      await send({ method: 'POST' }, '/desk'),
      await send({ method: 'PATCH' }),
      await send({ method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) }),
      await send({ method: 'POST' }),
    ];

    expect(answers.map(({ status, body }) => [status, body.message])).toEqual(
      [401, 404, 413, 500].map((status) => [status, messages[status]]),
    );
    expect(answers.flatMap((answer) => checkAnswer(operation, answer))).toEqual([]);
  });
});
