import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Provider } from 'oidc-provider';
import { type Handle, readBody, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { parseJson } from '../parse-json.ts';

/** Somebody who can sign in, by pressing a button. */
type Person = { readonly name: string; readonly email: string; readonly roles: readonly string[] };

type OpenIdOptions = {
  readonly clientId: string;
  /** The addresses of the page, to which the sign-in and the sign-out come back. */
  readonly redirectUris: readonly string[];
  /** By the `sub` of each. */
  readonly people: Readonly<Record<string, Person>>;
};

const scopes = 'openid profile email';

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const loginPage = (people: readonly (readonly [string, Person])[]): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Demo sign-in</title>
<body style="font: 16px system-ui; max-width: 30rem; margin: 3rem auto; padding: 0 1rem">
<h1>Demo sign-in</h1><p>In place of your company's own. Nobody needs a password here.</p>
<form method="post">${people
  .map(
    ([id, { name, roles }]) =>
      `<p><button name="person" value="${escapeHtml(id)}">${escapeHtml(name)}</button> ${escapeHtml(roles.join(', ') || 'no role')}</p>`,
  )
  .join('')}</form></body></html>`;

const noContent = { 'cache-control': 'no-store' };

/**
 * A real OpenID provider on this machine (`oidc-provider`), with people who sign in by a button. Its control API, which only
 * programs can call, changes what the next tokens are: `PUT /emulator/people/{sub}`, `PUT /emulator/tokens`.
 */
export const startOpenIdProvider = async ({ clientId, redirectUris, people: initial }: OpenIdOptions) => {
  const people = new Map(Object.entries(initial));
  const tokens = { audience: clientId, lifetimeSeconds: 3_600 };
  const ready = Promise.withResolvers<Handle>();
  // The page, of another origin, fetches tokens: the provider decides by its rules for CORS.
  const isForeign = ({ headers }: IncomingMessage) => !/^(?:127\.0\.0\.1|localhost):\d+$/.test(headers.host ?? '');
  const server = await startLoopbackServer(async (...call) => (await ready.promise)(...call), { isForeign });
  const issuer = server.url;

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        redirect_uris: redirectUris,
        post_logout_redirect_uris: redirectUris,
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    clientBasedCORS: (_: unknown, origin: string) => redirectUris.some((uri) => new URL(uri).origin === origin),
    cookies: { keys: [randomBytes(32).toString('hex')] },
    jwks: { keys: [generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ format: 'jwk' })] },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:demo:desk',
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: tokens.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: tokens.lifetimeSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, accountId: string) => {
      const person = people.get(accountId);
      return person && { accountId, claims: () => ({ sub: accountId, name: person.name, email: person.email }) };
    },
    extraTokenClaims: (_: unknown, { accountId }: { accountId: string }) => people.get(accountId),
    loadExistingGrant: async ({ oidc }: { oidc: { session: { accountId: string } } }) => {
      const grant = new provider.Grant({ clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope(scopes);
      grant.addResourceScope('urn:demo:desk', scopes);
      await grant.save();
      return grant;
    },
  });
  const callback = provider.callback();

  const control: Handle = async (request, response) => {
    const body = parseJson((await readBody(request, 4_096)) ?? '');
    const [, sub = ''] = /^\/emulator\/people\/(\w+)$/.exec(request.url ?? '') ?? [];
    const person = people.get(sub);
    // A page cannot send a PUT to another origin: the answer to its question is a 404.
    if (request.method !== 'PUT' || typeof body !== 'object') return void response.writeHead(404).end();
    if (person) people.set(sub, { ...person, ...body });
    else Object.assign(tokens, body);
    response.writeHead(204, noContent).end();
  };

  const interact: Handle = async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(200, { ...noContent, 'content-type': 'text/html' }).end(loginPage([...people]));
      return;
    }
    const accountId = new URLSearchParams(await readBody(request, 4_096)).get('person') ?? '';
    await provider.interactionFinished(request, response, { login: { accountId } });
  };

  ready.resolve((request, response) => {
    if (request.url?.startsWith('/emulator/')) return control(request, response);
    return request.url?.startsWith('/interaction/') ? interact(request, response) : callback(request, response);
  });
  return { issuer, close: server.close, [Symbol.asyncDispose]: server.close };
};
