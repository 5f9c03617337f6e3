import { createHash } from 'node:crypto';
import {
  createIdentifyProvider,
  type Identification,
  type IdentityProvider,
  newProviderToken,
  providerTokenPattern,
  readIdentityProviders,
} from '../../../functions/identity-providers/identity-providers.ts';

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

test.each([
  ['Bearer wrong', 'not a token of this service'],
  [`Bearer ${newProviderToken().token}`, 'unknown token'],
  [`Token ${newProviderToken().token}`, 'unknown token'],
  [`Bearer: ${newProviderToken().token}`, 'unknown token'],
  [`Bearer Bearer ${newProviderToken().token}`, 'unknown token'],
  [`Bearer "${newProviderToken().token}"`, 'unknown token'],
  [`Bearer:${newProviderToken().token}`, 'unknown token'],
  [`Basic ${Buffer.from(newProviderToken().token.slice(0, 31)).toString('base64')}`, 'not a token of this service'],
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
