import { createHash } from 'node:crypto';
import { newCallerToken } from '../../../cli/caller-token.ts';
import { createIdentifyCaller, type NamedCaller, readNamedCallers } from '../../../functions/callers/named-callers.ts';

const callerOf = (name: string, ...tokens: readonly string[]): NamedCaller => ({
  name,
  kind: 'webhook',
  tokenSha256: tokens.map((token) => createHash('sha256').update(token).digest('hex')),
  maxPerHour: 50,
});

const identify = createIdentifyCaller([callerOf('hr', 'new-token', 'old-token'), callerOf('tickets', 'other-token')]);
const nameOf = (authorization?: string) => identify({ headers: { ...(authorization && { authorization }) } })?.name;

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

test('an empty token is refused even where its digest is configured', () => {
  const careless = createIdentifyCaller([callerOf('careless', '')]);

  expect(careless({ headers: { authorization: 'Bearer ' } })).toBeUndefined();
});

test('no token is accepted if no caller is configured', () => {
  expect(createIdentifyCaller([])({ headers: { authorization: 'Bearer x' } })).toBeUndefined();
});

test('a new token is 256 random bits, fits in a header, and is accepted for its digest', () => {
  const { token, sha256 } = newCallerToken();

  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(newCallerToken().token).not.toBe(token);
  const found = createIdentifyCaller([{ ...callerOf('hr'), tokenSha256: [sha256] }]);
  expect(found({ headers: { authorization: `Bearer ${token}` } })?.name).toBe('hr');
});

test('reads the callers of its environment', () => {
  const tokenSha256 = ['0'.repeat(64)];
  const callers = { hr: { kind: 'webhook', tokenSha256, maxPerHour: 20 } };

  expect(readNamedCallers({ NAMED_CALLERS: JSON.stringify(callers) })).toEqual([
    { name: 'hr', kind: 'webhook', tokenSha256, maxPerHour: 20 },
  ]);
  expect(readNamedCallers({})).toEqual([]);
});

test.each(['{', '[]', '"x"', '{"HR":{}}', '{"hr":{"kind":"webhook","tokenSha256":["x"],"maxPerHour":1}}'])(
  'refuses %s as its environment, and names the variable',
  (value) => {
    expect(() => readNamedCallers({ NAMED_CALLERS: value })).toThrow(/NAMED_CALLERS/);
  },
);
