import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProviderRoute, providerRoutes, routeKeyOf, routes } from '../../functions/http/routes.ts';
import { providerKinds, readIdentityProviders } from '../../functions/identity-providers/identity-providers.ts';
import { mostLeavers, waitingPerHourly } from '../../functions/identity-providers/leaver-limit.ts';
import {
  providerMetricDimensions,
  providerMetricNames,
  refusalMetric,
  refusalMetricDimensions,
} from '../../functions/identity-providers/provider-metrics.ts';
import { readStartingEnvironment } from '../../functions/platform/settings.ts';
import { userIdOf } from '../../functions/scim/user-id.ts';
import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import { configurationSchema } from '../../infra/configuration/configuration-schema.ts';
import { reservedConcurrency } from '../../infra/constructs/identity-providers.ts';
import { settingsIn } from '../../infra/documentation/documented-defaults.ts';
import { startProviders, tokens } from '../support/identity-providers.ts';
import {
  configurations,
  permissionsIn,
  propertiesOfEach,
  render,
  resourcesIn,
  type Synthesized,
  synthesize,
  wholeResourcesIn,
} from '../support/synthesize.ts';

const digests = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64));
const [first = '', second = '', third = '', fourth = ''] = digests;

const { identityProviders } = configurations.identityProviders;

const defaultLimit = settingsIn(configurationSchema).find(
  ({ path }) => path === 'identityProviders.<name>.maxPerHour',
)?.default;

const stacks = {
  none: synthesize(configurations.plain),
  all: synthesize(configurations.identityProviders),
  hook: synthesize(configurations.eventHook),
};

const openRoutesOf = (synthesized: Synthesized): readonly string[] =>
  propertiesOfEach(synthesized, 'AWS::ApiGatewayV2::Route')
    .filter(({ AuthorizationType }) => AuthorizationType === 'NONE')
    .map(({ RouteKey }) => RouteKey);

const keysOf = (...kinds: readonly ProviderRoute['kind'][]) =>
  providerRoutes.filter(({ kind }) => kinds.includes(kind)).map(routeKeyOf);

const functionsOf = (synthesized: Synthesized) => resourcesIn(synthesized, 'AWS::Lambda::Function');

const variablesOf = (synthesized: Synthesized, name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(functionsOf(synthesized)[`${name}Function`]?.Environment.Variables ?? {}).map(([key, value]) => [
      key,
      render(value).replace(/[<>]/g, ''),
    ]),
  );

test('without an identity provider nothing of it is deployed, and every route has an authorizer', () => {
  expect(openRoutesOf(stacks.none)).toEqual([]);
  expect(Object.keys(functionsOf(stacks.none))).toEqual(
    expect.not.arrayContaining(['WebhookFunction', 'ScimFunction']),
  );
  expect(resourcesIn(stacks.none, 'AWS::ApiGatewayV2::Stage').HttpStage).not.toHaveProperty('RouteSettings');
});

test('the routes of the configured kinds are deployed without an authorizer, and the others keep theirs', () => {
  expect(openRoutesOf(stacks.all)).toEqual(keysOf('webhook', 'okta-event-hook', 'scim'));
  expect(openRoutesOf(stacks.hook)).toEqual(keysOf('okta-event-hook'));
  const authorized = propertiesOfEach(stacks.all, 'AWS::ApiGatewayV2::Route')
    .filter(({ AuthorizationType }) => AuthorizationType === 'AWS_IAM')
    .map(({ RouteKey }) => RouteKey);
  expect(authorized).toEqual(routes.map(routeKeyOf));
});

describe('every route without an authorizer of the gateway', () => {
  test.each(openRoutesOf(stacks.all))('%s answers 401 without a token', async (routeKey) => {
    const [method = '', path = ''] = routeKey.split(' ');
    const providers = startProviders();
    const headers = { authorization: '' };

    const answer = path.startsWith('/scim/v2')
      ? await providers.scim(method, path.slice('/scim/v2'.length), { headers, body: '{' })
      : await providers.webhook(method, path, { headers, body: '{' });

    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(providers.lines).toMatchObject([{ message: 'request refused', route: routeKey, reason: 'no token' }]);
  });
});

test('each of these routes has a throttling of its own, and exists before the stage that throttles it', () => {
  const { RouteSettings } = resourcesIn(stacks.all, 'AWS::ApiGatewayV2::Stage').HttpStage;

  expect(Object.keys(RouteSettings).toSorted()).toEqual(keysOf('webhook', 'okta-event-hook', 'scim').toSorted());
  expect(RouteSettings['POST /offboarding']).toEqual({ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 200 });
  expect(RouteSettings['PATCH /scim/v2/Users/{id}']).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 200 });
  const [{ DependsOn } = { DependsOn: [] }] = Object.values(wholeResourcesIn(stacks.all, 'AWS::ApiGatewayV2::Stage'));
  const open = Object.entries(wholeResourcesIn(stacks.all, 'AWS::ApiGatewayV2::Route'))
    .filter(([, { Properties }]) => Properties.AuthorizationType === 'NONE')
    .map(([id]) => id);
  expect(DependsOn).toEqual(expect.arrayContaining(open));
});

test('each function gets its own providers, in a variable that it can parse, and few copies of it run at once', () => {
  expect(readIdentityProviders(variablesOf(stacks.all, 'Webhook'))).toEqual([
    { name: 'hr', ...identityProviders.hr },
    { name: 'okta', ...identityProviders.okta, maxPerHour: defaultLimit },
  ]);
  expect(readIdentityProviders(variablesOf(stacks.all, 'Scim'))).toEqual([
    { name: 'entra', kind: 'scim', tokenSha256: [fourth], maxPerHour: defaultLimit },
  ]);
  expect(readStartingEnvironment(variablesOf(stacks.all, 'Scim'))).toMatchObject({
    runFunction: 'RunFunction',
    stack: 'green-api-logout',
  });
  const { WebhookFunction, ScimFunction } = functionsOf(stacks.all);
  expect([WebhookFunction, ScimFunction].map((each) => each?.ReservedConcurrentExecutions)).toEqual([10, 10]);
  expect(['Webhook', 'Scim'].map((name) => variablesOf(stacks.all, name).COPIES)).toEqual(['10', '10']);
});

test('each role starts runs, counts them and reads tags, and nothing else', () => {
  const added = permissionsIn(stacks.all).filter((line) => !permissionsIn(stacks.none).includes(line));
  const allow = (role: string, action: string, ...on: readonly string[]) =>
    on.map((resource) => `["<${role}Role>"] Allow ${action} ${resource}`);

  expect(added.toSorted()).toEqual(
    ['Webhook', 'Scim']
      .flatMap((role) => [
        ...allow(role, 'lambda:InvokeFunction', '<RunFunctionAliaslive>'),
        ...allow(role, 'lambda:ListDurableExecutionsByFunction', '<RunFunction.Arn>', '<RunFunction.Arn>:*'),
        ...allow(role, 'secretsmanager:ListSecrets', '*'),
        ...allow(role, 'logs:CreateLogStream', `<${role}Log.Arn>`),
        ...allow(role, 'logs:PutLogEvents', `<${role}Log.Arn>`),
        ...allow(role, 'xray:PutTelemetryRecords', '*'),
        ...allow(role, 'xray:PutTraceSegments', '*'),
      ])
      .toSorted(),
  );
});

test('the alarms: held back, unreadable, and an identity provider that is quiet for as long as is configured', () => {
  const alarms = propertiesOfEach(stacks.all, 'AWS::CloudWatch::Alarm');
  const added = Object.fromEntries(
    alarms
      .filter(({ MetricName }) => ['callerRequests', 'heldBack', 'unreadable'].includes(MetricName))
      .map((alarm) => [alarm.AlarmName, alarm]),
  );

  const stack = { Name: 'stack', Value: 'green-api-logout' };
  expect(Object.keys(added).toSorted()).toEqual([
    'green-api-logout-caller-quiet-entra',
    'green-api-logout-departures-held-back',
    'green-api-logout-departures-unreadable',
  ]);
  expect(added['green-api-logout-departures-held-back']).toMatchObject({
    Namespace: 'green-api-logout',
    Dimensions: [stack],
    Threshold: 1,
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  });
  expect(added['green-api-logout-caller-quiet-entra']).toMatchObject({
    Dimensions: [{ Name: 'caller', Value: 'entra' }, stack],
    Period: 3_600,
    EvaluationPeriods: 6,
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
    AlarmDescription: expect.stringMatching(/#caller-quiet$/),
  });
});

describe('requests that are refused', () => {
  const filters = propertiesOfEach(stacks.all, 'AWS::Logs::MetricFilter');

  test('with 429 and 413, on every route of an identity provider and on no other, are counted by status and by route', () => {
    expect(resourcesIn(stacks.none, 'AWS::Logs::MetricFilter')).toEqual({});
    expect(filters.map(({ MetricTransformations: [each] }) => each)).toEqual(
      [[], ['route']].map((further) => ({
        MetricName: refusalMetric,
        MetricNamespace: 'green-api-logout',
        MetricValue: '1',
        Dimensions: ['stack', 'status', ...further].map((Key) => ({
          Key,
          Value: Key === 'route' ? '$.routeKey' : `$.${Key}`,
        })),
      })),
    );
    const { FilterPattern } = filters[0] ?? {};
    const values = (field: string): readonly string[] =>
      [...FilterPattern.matchAll(new RegExp(`\\$\\.${field} = "([^"]+)"`, 'g'))].map(([, value]) => value);
    const isCounted = (routeKey: string) =>
      values('routeKey').some((key) => (key.endsWith('*') ? routeKey.startsWith(key.slice(0, -1)) : routeKey === key));
    expect(values('status')).toEqual(['429', '413']);
    expect(providerRoutes.map(routeKeyOf).filter((key) => !isCounted(key))).toEqual([]);
    expect(routes.map(routeKeyOf).filter(isCounted)).toEqual([]);
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
    expect(FilterPattern.length).toBeLessThanOrEqual(1_024);
  });

  test('the access log has the fields that the filters read', () => {
    const { AccessLogSettings } = resourcesIn(stacks.all, 'AWS::ApiGatewayV2::Stage').HttpStage;

    expect(JSON.parse(render(AccessLogSettings.Format))).toMatchObject({
      stack: 'green-api-logout',
      status: '$context.status',
      routeKey: '$context.routeKey',
    });
  });

  test('set an alarm: one that was too much, or three with a wrong token in 15 minutes', () => {
    const alarm = propertiesOfEach(stacks.all, 'AWS::CloudWatch::Alarm').find(
      ({ AlarmName }) => AlarmName === 'green-api-logout-reports-refused',
    );

    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' });
    expect(alarm?.Metrics).toMatchObject([
      { Expression: 'too_many + too_large + wrong_token / 3' },
      ...[
        ['too_many', '429'],
        ['too_large', '413'],
        ['wrong_token', '401'],
      ].map(([Id, status]) => ({
        Id,
        MetricStat: {
          Metric: {
            MetricName: refusalMetric,
            Dimensions: [
              { Name: refusalMetricDimensions.stack, Value: 'green-api-logout' },
              { Name: refusalMetricDimensions.status, Value: status },
            ],
          },
          Period: 900,
          Stat: 'Sum',
        },
      })),
    ]);
  });
});

test.each(Object.entries(stacks))(
  'cdk-nag and the synthesis report nothing (%s)',
  (_name, { violations, annotations }) => {
    expect(violations).toEqual([]);
    expect(annotations.filter((text) => text.startsWith('error'))).toEqual([]);
  },
);

test('the documentation states the bound that the limit and the reserved concurrency give', () => {
  const page = readFileSync(join(__dirname, '../../docs/connect/README.md'), 'utf8');
  const { webhook, scim } = reservedConcurrency;
  const copies = webhook;

  expect(scim).toBe(copies);
  expect(page).toContain(`At most ${copies} copies of \`webhook\` and ${copies} of \`scim\` run at once`);
  for (const maxPerHour of [20, 50, 200]) {
    const waiting = maxPerHour * waitingPerHourly;
    const row = [maxPerHour, mostLeavers(maxPerHour, copies), waiting, mostLeavers(waiting, copies)];
    expect(page).toContain(`| ${row.map((people) => people.toLocaleString('en')).join(' | ')} |`);
  }
});

test('the documentation states how many owners a stolen token reaches', async () => {
  const page = readFileSync(join(__dirname, '../../docs/connect/README.md'), 'utf8');
  const providers = startProviders();
  await providers.scim('PUT', `/Users/${userIdOf('a@example.com')}`, {
    body: JSON.stringify({
      userName: 'b@example.com',
      externalId: 'c',
      emails: [
        { value: 'd@example.com', type: 'work' },
        { value: 'e@example.com', type: 'work' },
      ],
      active: false,
    }),
  });
  await providers.webhook('POST', '/okta-event-hook', {
    headers: { authorization: `Bearer ${tokens.okta}` },
    body: JSON.stringify({
      data: {
        events: [
          {
            uuid: 'e-1',
            published: '2026-11-20T17:00:00Z',
            eventType: 'user.lifecycle.deactivate',
            outcome: { result: 'SUCCESS' },
            target: [{ type: 'User', alternateId: 'a@example.com', id: 'b' }],
          },
        ],
      },
    }),
  });

  const [scim, okta] = providers.runs().map(({ target }) => ('owner' in target ? target.owner.split(' ').length : 0));
  const rows = [
    ['webhook', 1, mostLeavers(50, reservedConcurrency.webhook)],
    ['okta-event-hook', okta, mostLeavers(50, reservedConcurrency.webhook) * Number(okta)],
    ['scim', `up to ${scim}`, mostLeavers(50, reservedConcurrency.scim) * Number(scim)],
  ];
  for (const [kind, identities, owners] of rows)
    expect(page).toMatch(new RegExp(`^\\| \`${kind}\` \\| ${identities}\\b[^|]*\\| ${owners} \\|$`, 'm'));
});

test('the documentation names the metrics of identity providers and their dimensions', () => {
  const page = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8').replace(/\s+/g, ' ');
  const names = Object.values(providerMetricNames).map((name) => `\`${name}\``);
  const dimensions = Object.values(providerMetricDimensions).map((name) => `\`${name}\``);

  expect(page).toContain(
    `which are ${names.slice(0, -1).join(', ')} and ${names.at(-1)}, have ${dimensions.join(' and ')} instead`,
  );
});

describe('the configuration', () => {
  const parse = (providers: unknown) => parseConfiguration({ identityProviders: providers });
  const hr = { kind: 'webhook', tokenSha256: [first] };

  test('has defaults', () => {
    expect(parse({ hr }).identityProviders).toEqual({ hr: { ...hr, maxPerHour: defaultLimit } });
    expect(parseConfiguration({}).identityProviders).toEqual({});
  });

  test.each(providerKinds)('quietAfterHours may be set for %s', (kind) => {
    expect(parse({ hr: { ...hr, kind, quietAfterHours: 6 } }).identityProviders).toMatchObject({
      hr: { quietAfterHours: 6 },
    });
  });

  test.each([
    [[], /identityProviders must be an object/],
    [{ HR: hr }, /named by 1 to 16 lower-case letters/],
    [{ 'a-name-that-is-too-long': hr }, /named by 1 to 16 lower-case letters/],
    [{ hr: { ...hr, kind: 'saml' } }, /identityProviders\.hr\.kind must be one of webhook, okta-event-hook, scim/],
    [{ hr: { kind: 'webhook' } }, /identityProviders\.hr\.tokenSha256 is missing/],
    [{ hr: { ...hr, tokenSha256: [] } }, /must be a list of 1 to 2/],
    [{ hr: { ...hr, tokenSha256: [first, second, third] } }, /must be a list of 1 to 2/],
    [{ hr: { ...hr, tokenSha256: ['the token itself'] } }, /must be the SHA-256 digest of a token/],
    [{ hr: { ...hr, maxPerHour: 0 } }, /must be a whole number from 1 to 10000/],
    [{ hr: { ...hr, quietAfterHours: 169 } }, /must be a whole number from 1 to 168/],
    [{ hr, tickets: hr }, /must not have the same digest twice/],
    [
      Object.fromEntries(
        Array.from({ length: 11 }, (_, n) => [`c${n}`, { ...hr, tokenSha256: [String(n).padStart(64, '0')] }]),
      ),
      /must have at most 10 identity providers/,
    ],
  ])('%.60j is refused', (providers, message) => {
    expect(() => parse(providers)).toThrow(message);
  });

  const emptyDigest = createHash('sha256').update('').digest('hex');

  test.each([
    ...providerKinds.map((kind) => ({ kind, tokenSha256: [emptyDigest] })),
    { kind: 'webhook', tokenSha256: [first, emptyDigest] },
    ...[' ', '\n', '\r\n'].map((text) => ({
      kind: 'webhook',
      tokenSha256: [createHash('sha256').update(text).digest('hex')],
    })),
  ])('the digest of an empty text is refused: $kind, $tokenSha256', (provider) => {
    expect(() => parse({ hr, other: provider })).toThrow(
      /identityProviders\.other\.tokenSha256\.[01] is the SHA-256 digest of an empty text, not of a token/,
    );
  });

  test('the digest of an empty text is refused in upper case too', () => {
    expect(() => parse({ hr: { ...hr, tokenSha256: [emptyDigest.toUpperCase()] } })).toThrow(
      /must be the SHA-256 digest of a token: 64 hexadecimal digits in lower case/,
    );
  });

  test('a token in the place of its digest is not quoted', () => {
    expect(() => parse({ hr: { ...hr, tokenSha256: ['the-token-itself'] } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('the-token-itself') }),
    );
    expect(() => parse({ hr: { ...hr, tokenSha256: 'the-token-itself' } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('the-token-itself') }),
    );
  });

  test('ten providers with two tokens each fit the variables of a function', () => {
    const ten = Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [
        `a-name-of-16-ch${n}`,
        {
          kind: 'okta-event-hook',
          maxPerHour: 10_000,
          tokenSha256: [`${n}a`, `${n}b`].map((text) => text.padStart(64, '0')),
        },
      ]),
    );
    const variables = JSON.stringify(Object.values(parse(ten).identityProviders)) + JSON.stringify(Object.keys(ten));

    expect(variables.length).toBeLessThan(3_000);
  });
});
