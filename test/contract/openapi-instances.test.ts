import fc from 'fast-check';
import { createInstancesHandler } from '../../functions/instances.ts';
import { contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';
import { markerToken, startLogoutSetup } from '../support/logout-setup.ts';
import { allows, checkAnswer } from '../support/openapi-check.ts';
import { codesOf, examplesOf, expectExamples, lintOpenApi, operationOf } from '../support/openapi-document.ts';

const routeKey = 'GET /instances';
const { document } = lintOpenApi();
const operation = operationOf(document, routeKey);

type Setup = Awaited<ReturnType<typeof startLogoutSetup>>;
type SendRequest = (setup: Setup) => ReturnType<Setup['list']>;

const breaking = createInstancesHandler({
  listInstances: () => Promise.reject(new Error('unexpected')),
  nowMs: () => 0,
  log: () => {},
});

const whenListingMeets =
  (fault: 'access-denied' | 'internal-error'): SendRequest =>
  (setup) => {
    setup.secretsManager.setFault('ListSecrets', fault);
    return setup.list();
  };

const requests: Readonly<Record<string, SendRequest>> = {
  instances: (setup) => {
    const secretString = JSON.stringify({ apiTokenInstance: markerToken });
    const tags = { owner: 'ann@example.com 00u1', group: 'sales', protected: 'true', name: 'Ann Lee', phone: '543210' };
    setup.secretsManager.put({ name: 'green-api/7103000001', secretString, tags });
    setup.secretsManager.put({ name: 'green-api/410012345678-old', secretString });
    return setup.list();
  },
  'invalid-request': (setup) => setup.list({ next: 'nonsense' }),
  'list-denied': whenListingMeets('access-denied'),
  unavailable: whenListingMeets('internal-error'),
  'internal-error': async () => parseAnswer(await breaking(httpEventOf({}), contextOf())),
};

test.each(Object.entries(requests))(
  '%s is documented, and its example is what the function answers; npm run docs:openapi writes it',
  async (name, send) => {
    await using setup = await startLogoutSetup();

    const answer = await send(setup);

    expect(checkAnswer(operation, answer)).toEqual([]);
    expectExamples(document, routeKey, { [name]: answer });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect('retry-after' in answer.headers).toBe(answer.status === 503);
  },
);

test('there are no other examples and codes', () => {
  expect(Object.keys(examplesOf(operation)).toSorted()).toEqual(Object.keys(requests).toSorted());
  expect(codesOf(operation).toSorted()).toEqual([
    '400 invalid-request',
    '403 role-missing',
    '500 internal-error',
    '500 list-denied',
    '503 unavailable',
  ]);
});

test('a page with a next page is documented', async () => {
  await using setup = await startLogoutSetup();
  const secretString = JSON.stringify({ apiTokenInstance: markerToken });
  for (let id = 2_000; id < 2_120; id += 1) setup.secretsManager.put({ name: `green-api/${id}`, secretString });

  const answer = await setup.list();

  expect(answer.body.next).toEqual(expect.any(String));
  expect(checkAnswer(operation, answer)).toEqual([]);
});

test('the function accepts exactly the parameters that the document allows', async () => {
  const handler = createInstancesHandler({
    listInstances: async () => ({ kind: 'page', instances: [], unreadable: [] }),
    nowMs: () => 0,
    log: () => {},
  });
  const schemas = new Map(operation.parameters.map(({ name, schema }) => [name, schema]));
  const isAllowed = (query: Readonly<Record<string, string>>) =>
    Object.entries(query).every(([name, value]) => allows(schemas.get(name) ?? { not: {} }, value));
  const name = fc.constantFrom('owner', 'group', 'query', 'next', 'user', 'Owner');
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('x'.repeat(256), 'x'.repeat(257), 'é', ' ', ' ab ', ' abc ', '😀😀', '😀😀😀'),
  );

  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value), async (query) => {
      const answer = parseAnswer(await handler(httpEventOf({ queryStringParameters: query }), contextOf()));

      expect(checkAnswer(operation, answer)).toEqual([]);
      expect(answer.status !== 400).toBe(isAllowed(query));
    }),
  );
});
