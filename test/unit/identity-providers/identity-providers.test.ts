import { createHash } from 'node:crypto';
import { composeProviderHandler } from '../../../functions/identity-providers/handler-dependencies.ts';
import {
  createIdentifyProvider,
  type Identification,
  type IdentityProvider,
  newProviderToken,
  providerTokenPattern,
  readIdentityProviders,
} from '../../../functions/identity-providers/identity-providers.ts';
import { createWebhookHandler } from '../../../functions/webhook.ts';
import { contextOf, httpEventOf } from '../../support/http-event.ts';

const providerOf = (name: string, ...tokens: readonly string[]): IdentityProvider => ({
  name,
  kind: 'webhook',
  tokenSha256: tokens.map((token) => createHash('sha256').update(token).digest('hex')),
  maxPerHour: 50,
});

const identify = createIdentifyProvider([
  providerOf('hr', 'new-token', 'old-token'),
  providerOf('tickets', 'other-token'),
]);
const nameIn = (identification: Identification) =>
  identification.kind === 'identified' ? identification.provider.name : undefined;
const nameOf = (authorization?: string) =>
  nameIn(identify({ headers: { ...(authorization && { authorization }) } }, 'webhook'));

test.each([
  ['Bearer new-token', 'hr'],
  ['bearer new-token', 'hr'],
  ['Bearer   new-token ', 'hr'],
  ['new-token', 'hr'],
  ['Bearer old-token', 'hr'],
  ['Bearer other-token', 'tickets'],
])('%j is the token of %s', (authorization, name) => {
  expect(nameOf(authorization)).toBe(name);
});

test.each([
  [undefined],
  [''],
  ['Bearer'],
  ['Bearer '],
  ['Bearer new-toke'],
  ['Bearer new-token2'],
  ['Basic new-token'],
  ['Bearer new-token,Bearer new-token'],
  ['Bearer NEW-TOKEN'],
  ['new-Bearer token'],
  [`Bearer ${'x'.repeat(100_000)}`],
  [`Bearer ${createHash('sha256').update('new-token').digest('hex')}`],
])('%.40j is nobody’s token', (authorization) => {
  expect(nameOf(authorization)).toBeUndefined();
});

test.each([[{}], [{ authorization: '' }], [{ authorization: ' ' }]])(
  'a request without a token is nobody’s, even where the digest of the empty text is configured: %j',
  (headers) => {
    const careless = createIdentifyProvider([providerOf('careless', '')]);

    expect(careless({ headers }, 'webhook')).toEqual({ kind: 'refused', reason: 'no token' });
  },
);

test.each(['Bearer', 'Bearer ', ' bearer\t'])(
  'the bare scheme %j is no token, even where its digest or that of the empty text is configured',
  (authorization) => {
    const careless = createIdentifyProvider([providerOf('careless', '', 'Bearer', 'bearer')]);

    expect(careless({ headers: { authorization } }, 'webhook')).toEqual({ kind: 'refused', reason: 'no token' });
  },
);

const unknown = 'u'.repeat(43);

test.each([
  ['Bearer wrong', 'not a token of this service'],
  [`Bearer ${unknown}`, 'unknown token'],
  [`Token ${unknown}`, 'unknown token'],
  [`Bearer: ${unknown}`, 'unknown token'],
  [`Bearer Bearer ${unknown}`, 'unknown token'],
  [`Bearer "${unknown}"`, 'unknown token'],
  [`Bearer:${unknown}`, 'unknown token'],
  [`Basic ${Buffer.from(unknown.slice(0, 31)).toString('base64')}`, 'not a token of this service'],
  ['Bearer new-token', 'token of another kind of identity provider'],
] as const)('%.20s is refused for a SCIM route: %s', (authorization, reason) => {
  expect(identify({ headers: { authorization } }, 'scim')).toEqual({ kind: 'refused', reason });
});

test('no token is accepted if no provider is configured', () => {
  expect(createIdentifyProvider([])({ headers: { authorization: 'Bearer x' } }, 'webhook').kind).toBe('refused');
});

test('a new token is 256 random bits, fits in a header, and is accepted for its digest', () => {
  const { token, sha256 } = newProviderToken();

  expect(token).toMatch(providerTokenPattern);
  expect(newProviderToken().token).not.toBe(token);
  const found = createIdentifyProvider([{ ...providerOf('hr'), tokenSha256: [sha256] }]);
  expect(nameIn(found({ headers: { authorization: `Bearer ${token}` } }, 'webhook'))).toBe('hr');
});

test('reads the providers of its environment', () => {
  const tokenSha256 = ['0'.repeat(64)];
  const providers = { hr: { kind: 'webhook', tokenSha256, maxPerHour: 20 } };

  expect(readIdentityProviders({ NAMED_CALLERS: JSON.stringify(providers) })).toEqual([
    { name: 'hr', kind: 'webhook', tokenSha256, maxPerHour: 20 },
  ]);
  expect(readIdentityProviders({})).toEqual([]);
});

test.each(['{', '[]', '"x"', '{"HR":{}}', '{"hr":{"kind":"webhook","tokenSha256":["x"],"maxPerHour":1}}'])(
  'refuses %s as its environment, and names the variable',
  (value) => {
    expect(() => readIdentityProviders({ NAMED_CALLERS: value })).toThrow(/NAMED_CALLERS/);
  },
);

const digest = '0'.repeat(64);
const namesRead = (name: string, sha256 = digest) => {
  const providers = { [name]: { kind: 'webhook', tokenSha256: [sha256], maxPerHour: 1 } };
  return readIdentityProviders({ NAMED_CALLERS: JSON.stringify(providers) }).map(({ name: read }) => read);
};

test.each(['h', 'hr-2', 'a234567890123456'])('an identity provider may be named %s', (name) => {
  expect(namesRead(name)).toEqual([name]);
});

test.each(['', 'HR', 'Hr', '2hr', 'hr_', 'hr ', 'a2345678901234567'])(
  'an identity provider may not be named %j',
  (name) => {
    expect(() => namesRead(name)).toThrow(/NAMED_CALLERS/);
  },
);

test.each([digest.slice(1), `${digest}0`, `x${digest}`, 'A'.repeat(64)])('%s is no digest of a token', (sha256) => {
  expect(() => namesRead('hr', sha256)).toThrow(/NAMED_CALLERS/);
});

test('an unexpected error of a function of identity providers is logged', async () => {
  const lines: string[] = [];
  const composed = composeProviderHandler({}, (line) => void lines.push(line));
  const refused = () => {
    throw new TypeError('unexpected');
  };
  const handler = createWebhookHandler({ ...composed, metrics: { ...composed.metrics, refused } });

  await handler(httpEventOf({ routeKey: 'POST /offboarding' }), contextOf());

  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'ERROR', message: 'unexpected error', name: 'TypeError' },
  ]);
});
