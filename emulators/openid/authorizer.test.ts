import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { type LoopbackServer, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { type Authorize, createAuthorizer } from './authorizer.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const issuer = 'https://login.example.com/';
const claims = { iss: issuer, aud: 'desk', sub: 'a1', roles: ['a b', 'c'], level: 5 };

let server: LoopbackServer;
let authorize: Authorize;

beforeAll(async () => {
  const keys = [
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'one' },
    { ...ec.publicKey.export({ format: 'jwk' }), kid: 'two' },
  ];
  server = await startLoopbackServer((_, response) => void response.end(JSON.stringify({ keys })), {});
  authorize = createAuthorizer(issuer, ['desk', 'other'], `${server.url}/jwks`);
});

afterAll(() => server.close());

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1_000);

const tokenOf = (
  changed: object = {},
  header = { alg: 'RS256', kid: 'one' },
  key: Parameters<SignJWT['sign']>[0] = rsa.privateKey,
) => new SignJWT({ ...claims, exp: now() + 600, ...changed }).setProtectedHeader(header).sign(key);

test.each(['Bearer ', 'bearer ', ''])('accepts a token of the issuer, with the prefix %j', async (prefix) => {
  expect(await authorize(`${prefix}${await tokenOf()}`)).toMatchObject({ claims: { iss: issuer, sub: 'a1' } });
});

test('hands every claim over as text, a list in brackets', async () => {
  expect((await authorize(await tokenOf()))?.claims).toMatchObject({ roles: '[a b c]', level: '5', aud: 'desk' });
});

test('takes the client for the audience where a token has none', async () => {
  expect(await authorize(await tokenOf({ aud: undefined, client_id: 'desk' }))).toBeDefined();
  expect(await authorize(await tokenOf({ aud: 'elsewhere', client_id: 'desk' }))).toBeUndefined();
});

test.each<[string, () => Promise<string> | string]>([
  ['nothing', () => ''],
  ['no token', () => 'Bearer x'],
  ['another issuer', () => tokenOf({ iss: 'https://evil.example.com/' })],
  ['another audience', () => tokenOf({ aud: 'elsewhere' })],
  ['an expired token', () => tokenOf({ exp: now() - 5 })],
  ['a token of tomorrow', () => tokenOf({ nbf: now() + 600 })],
  ['a token that was issued tomorrow', () => tokenOf({ iat: now() + 600 })],
  [
    'a signature by another key',
    () => tokenOf({}, undefined, generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey),
  ],
  ['a key that is no RSA', () => tokenOf({}, { alg: 'ES256', kid: 'two' }, ec.privateKey)],
  ['no signature', () => `${encode({ alg: 'none', kid: 'one' })}.${encode({ ...claims, exp: now() + 600 })}.`],
  [
    'the public key as a password',
    () => tokenOf({}, { alg: 'HS256', kid: 'one' }, Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'pem' }))),
  ],
  [
    'claims that were changed',
    async () => (await tokenOf()).replace(/\.[^.]+\./, `.${encode({ ...claims, sub: 'b2', exp: now() + 600 })}.`),
  ],
])('refuses %s', async (_, create) => {
  expect(await authorize(`Bearer ${await create()}`)).toBeUndefined();
});
