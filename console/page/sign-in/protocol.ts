import * as oauth from 'oauth4webapi';
import type { Desk } from './desk.ts';

/** The address of the page, to which the sign-in and the sign-out come back. */
const pageAddress = (): string => `${location.origin}${location.pathname}`;

/** Of a token whose lifetime the issuer does not say, in milliseconds. */
const shortLifeMs = 300_000;

/** Prepares a sign-in: authorization code with PKCE, `state` and `nonce`. */
export const begin = async ({ clientId, scopes, authorization_endpoint: endpoint }: Desk) => {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const url = new URL(endpoint);
  const parameters = {
    client_id: clientId,
    redirect_uri: pageAddress(),
    response_type: 'code',
    scope: scopes.join(' '),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href, state, nonce, verifier };
};

/** A sign-in that has begun. It is good for one answer. */
export type Pending = Awaited<ReturnType<typeof begin>>;

/**
 * Exchanges the answer of the issuer for a token. It checks `state` and `iss` of the answer, and issuer, audience, time and
 * nonce of the ID token.
 *
 * @throws what is wrong
 */
export const finish = async (
  { clientId, scopes: _, ...server }: Desk,
  { state, nonce, verifier }: Pending,
  answer: URLSearchParams,
) => {
  const client: oauth.Client = { client_id: clientId };
  const parameters = oauth.validateAuthResponse(server, client, answer, state);
  const issuedAt = Date.now();
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    pageAddress(),
    verifier,
    // An issuer without TLS is a demo on this machine: the deployment takes no other.
    { [oauth.allowInsecureRequests]: server.issuer.startsWith('http:') },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  const lifeMs = tokens.expires_in === undefined ? shortLifeMs : tokens.expires_in * 1_000;
  const subject = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? '';
  return { token: tokens.access_token, subject, issuedAt, expiresAt: issuedAt + lifeMs };
};

/** Who is signed in, and with what; instants in milliseconds since 1970. It is kept in memory only. */
export type Access = Awaited<ReturnType<typeof finish>>;

/** Where the issuer ends its own session; `undefined` if it has no such address. The ID token stays out of it. */
export const endSessionUrl = ({ clientId, end_session_endpoint: endpoint }: Desk): string | undefined => {
  if (endpoint === undefined) return undefined;
  const url = new URL(endpoint);
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('post_logout_redirect_uri', pageAddress());
  return url.href;
};
