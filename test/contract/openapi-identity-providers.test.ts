import { providerRoutes, routeKeyOf } from '../../functions/http/routes.ts';
import { createProviderMetrics } from '../../functions/identity-providers/provider-metrics.ts';
import { userIdOf } from '../../functions/scim/user-id.ts';
import { createWebhookHandler } from '../../functions/webhook.ts';
import { deactivations, entraFilter, entraUser } from '../support/exchanges/entra.ts';
import { oktaDelivery } from '../support/exchanges/okta.ts';
import { type Answer, contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';
import { type Providers, type ProvidersOptions, startProviders, tokens } from '../support/identity-providers.ts';
import { checkAnswer } from '../support/openapi-check.ts';
import {
  codesOf,
  examplesOf,
  expectExamples,
  lintOpenApi,
  operationOf,
  requestExamplesOf,
} from '../support/openapi-document.ts';

const { document } = lintOpenApi();
const hr = { authorization: `Bearer ${tokens.hr}` };
const okta = { authorization: `Bearer ${tokens.okta}` };
const john = { id: 'hr-2026-001734', email: 'john.doe@example.com', reason: 'left the company' };
const ann = { ...john, id: 'hr-2026-001735', email: 'ann@example.com' };
const down = { kind: 'unavailable', detail: 'Lambda: ServiceException' } as const;

type Call = (providers: Providers) => Promise<Answer>;
type Case = readonly [call: Call, options?: ProvidersOptions];

const report =
  (body: object, headers: Record<string, string> = hr): Call =>
  (providers) =>
    providers.webhook('POST', '/offboarding', { headers, body: JSON.stringify(body) });

const deactivated = (uuid: string, alternateId: string) => ({
  uuid,
  published: '2026-11-20T17:00:00.000Z',
  eventType: 'user.lifecycle.deactivate',
  outcome: { result: 'SUCCESS' },
  target: [{ id: `00u${uuid}`, type: 'User', alternateId }],
});

const deliver =
  (body: object, headers: Record<string, string> = okta): Call =>
  (providers) =>
    providers.webhook('POST', '/okta-event-hook', { headers, body: JSON.stringify(body) });

const hook = {
  ...oktaDelivery,
  data: { events: [deactivated('1', 'john.doe@example.com'), deactivated('2', 'ann@example.com')] },
};

const verify =
  (headers: Record<string, string>): Call =>
  (providers) =>
    providers.webhook('GET', '/okta-event-hook', { headers });

const unexpected =
  (method: string, path: string, headers: Record<string, string>): Call =>
  async () => {
    const handler = createWebhookHandler({
      providers: [],
      startOffboarding: () => Promise.reject(new Error('unexpected')),
      metrics: createProviderMetrics(() => {}, '', Date.now),
      now: Date.now,
      log: () => {},
    });
    // A gateway never sends an event without headers.
    const { headers: _, ...event } = httpEventOf({ routeKey: `${method} ${path}`, headers });
    return parseAnswer(await handler(event as Parameters<typeof handler>[0], contextOf()));
  };

/** By route, each example of the document and the call that produces it. */
const examples: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  'POST /offboarding': {
    'run-started': [report(john)],
    'run-ended': [
      async (providers) => {
        await report(john)(providers);
        providers.wait(60_000);
        providers.endRuns('SUCCEEDED');
        return report(john)(providers);
      },
    ],
    'invalid-request': [report({ ...john, email: 'john' })],
    unauthorized: [report(john, {})],
    'held-back': [(providers) => report(john)(providers).then(() => report(ann)(providers)), { maxPerHour: 1 }],
    unavailable: [report(john), { fail: () => down }],
    'internal-error': [unexpected('POST', '/offboarding', hr)],
  },
  'GET /okta-event-hook': {
    verification: [verify({ ...okta, 'x-okta-verification-challenge': 'My verification challenge string' })],
    'invalid-request': [verify(okta)],
    unauthorized: [verify({ 'x-okta-verification-challenge': 'x' })],
    'internal-error': [unexpected('GET', '/okta-event-hook', okta)],
  },
  'POST /okta-event-hook': {
    'invalid-request': [deliver({ data: { events: {} } })],
    unauthorized: [deliver(hook, hr)],
    'held-back': [deliver(hook), { maxPerHour: 1 }],
    unavailable: [deliver(hook), { fail: () => down }],
    'internal-error': [unexpected('POST', '/okta-event-hook', okta)],
  },
};

describe.each(Object.entries(examples))('%s', (routeKey, cases) => {
  const operation = operationOf(document, routeKey);

  test.each(Object.entries(cases))(
    '%s is documented, and its example is what the function answers; npm run docs:openapi writes it',
    async (name, [call, options]) => {
      const answer = await call(startProviders(options));

      expect(checkAnswer(operation, answer)).toEqual([]);
      expectExamples(document, routeKey, { [name]: answer });
    },
  );

  test('there are no other examples', () => {
    expect(Object.keys(examplesOf(operation)).toSorted()).toEqual(Object.keys(cases).toSorted());
    expect(new Set(codesOf(operation)).size).toBe(
      Object.keys(cases).filter((name) => !['run-started', 'run-ended', 'verification'].includes(name)).length,
    );
  });
});

test.each([
  ['POST /offboarding', report({ heartbeat: true })],
  ['POST /okta-event-hook', deliver(oktaDelivery)],
])('%s: an answer without a body is documented', async (routeKey, call) => {
  const answer = await call(startProviders());

  expect(answer.status).toBe(204);
  expect(checkAnswer(operationOf(document, routeKey), answer)).toEqual([]);
});

test.each(requestExamplesOf(operationOf(document, 'POST /offboarding')))(
  'the function takes the example %s of a report',
  async (_, example) => {
    const answer = await report(Object(example))(startProviders());

    expect([202, 204]).toContain(answer.status);
  },
);

const johnsId = userIdOf('john.doe@example.com');
const deactivation = deactivations['Entra ID'];
const unreadable = async () => ({ kind: 'unavailable', detail: 'Secrets Manager: InternalServiceError' }) as const;

type ScimCase = readonly [
  status: number,
  path: string,
  request?: Parameters<Providers['scim']>[2],
  options?: ProvidersOptions,
];

const scimCases: Readonly<Record<string, readonly ScimCase[]>> = {
  'GET /scim/v2/Users': [
    [200, '/Users', { query: 'count=1' }],
    [200, '/Users', { query: entraFilter }],
    [400, '/Users', { query: 'filter=x' }],
    [429, '/Users', { headers: { 'user-agent': 'Okta SCIM Client 1.0.0' } }, { readOwners: unreadable }],
    [503, '/Users', {}, { readOwners: unreadable }],
  ],
  'POST /scim/v2/Users': [
    [201, '/Users', { body: entraUser }],
    [400, '/Users', { body: '{}' }],
    [409, '/Users', { body: '{"userName":"john.doe@example.com"}' }],
  ],
  'GET /scim/v2/Users/{id}': [
    [200, `/Users/${johnsId}`],
    [404, '/Users/x'],
  ],
  'PUT /scim/v2/Users/{id}': [
    [200, `/Users/${johnsId}`, { body: '{"userName":"john.doe@example.com","active":false}' }],
    [400, `/Users/${johnsId}`, { body: '[' }],
    [404, '/Users/x', { body: '{}' }],
  ],
  'PATCH /scim/v2/Users/{id}': [
    [200, `/Users/${johnsId}`, { body: deactivation }],
    [400, `/Users/${johnsId}`, { body: '{}' }],
    [404, '/Users/x', { body: deactivation }],
    [
      429,
      `/Users/${johnsId}`,
      { body: deactivation, headers: { 'user-agent': 'Okta SCIM Client 1.0.0' } },
      { fail: () => down },
    ],
    [503, `/Users/${johnsId}`, { body: deactivation }, { fail: () => down }],
  ],
  'DELETE /scim/v2/Users/{id}': [
    [204, `/Users/${johnsId}`],
    [404, '/Users/x'],
    [503, `/Users/${johnsId}`, {}, { fail: () => down }],
  ],
  'GET /scim/v2/Groups': [[200, '/Groups']],
  'POST /scim/v2/Groups': [[501, '/Groups', { body: '{"displayName":"x"}' }]],
  'GET /scim/v2/ServiceProviderConfig': [[200, '/ServiceProviderConfig']],
  'GET /scim/v2/ResourceTypes': [[200, '/ResourceTypes']],
  'GET /scim/v2/ResourceTypes/{id}': [
    [200, '/ResourceTypes/User'],
    [404, '/ResourceTypes/Group'],
  ],
  'GET /scim/v2/Schemas': [[200, '/Schemas']],
  'GET /scim/v2/Schemas/{id}': [
    [200, '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User'],
    [404, '/Schemas/x'],
  ],
};

test.each(requestExamplesOf(operationOf(document, 'PATCH /scim/v2/Users/{id}')))(
  'the function takes the example %s of a PATCH',
  async (_, example) => {
    const answer = await startProviders().scim('PATCH', `/Users/${johnsId}`, { body: JSON.stringify(example) });

    expect(answer.status).toBe(200);
  },
);

describe.each(Object.entries(scimCases))('%s', (routeKey, cases) => {
  const operation = operationOf(document, routeKey);
  const [method = ''] = routeKey.split(' ');
  const unauthorized: ScimCase = [401, cases[0]?.[1] ?? '', { headers: { authorization: 'Bearer wrong' } }];

  test.each([...cases, unauthorized].map((each) => [each[0], each] as const))('%i is documented', async (_, each) => {
    const [status, path, request, options] = each;
    const answer = await startProviders(options).scim(method, path, request);

    expect(answer.status).toBe(status);
    expect(checkAnswer(operation, answer)).toEqual([]);
  });
});

test('these are the routes of the identity providers, except those for the root and all other paths of SCIM', () => {
  const documented = [...Object.keys(examples), ...Object.keys(scimCases)];

  expect([...documented, 'ANY /scim/v2', 'ANY /scim/v2/{proxy+}'].toSorted()).toEqual(
    providerRoutes.map(routeKeyOf).toSorted(),
  );
});
