import { createRemoteJWKSet, jwtVerify } from 'jose';

/** What API Gateway's JWT authorizer hands over: every claim as text. */
export type Authorized = { readonly claims: Readonly<Record<string, string>>; readonly scopes: null };

/** @returns what a function gets; `undefined`: the gateway answers 401 */
export type Authorize = (authorization: string | undefined) => Promise<Authorized | undefined>;

const flatten = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flatten).join(' ')}]`;
  return typeof value === 'object'
    ? `map[${Object.entries(value ?? {})
        .map(([name, of]) => `${name}:${flatten(of)}`)
        .join(' ')}]`
    : String(value);
};

/**
 * Checks a token as an HTTP API does: signed with RSA by a key of the issuer, `iss`, `aud` or else `client_id`, `exp`, `nbf`
 * and `iat` (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html).
 */
export const createAuthorizer = (issuer: string, audience: readonly string[], jwksUri: string): Authorize => {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  return async (authorization = '') => {
    const token = authorization.replace(/^bearer +/i, '');
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ['RS256', 'RS384', 'RS512'] });
      const { aud = payload.client_id, iat = 0 } = payload;
      const isMeant = [aud].flat().some((one) => typeof one === 'string' && audience.includes(one));
      if (!isMeant || iat * 1_000 > Date.now() + 1_000) return undefined;
      return {
        claims: Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, flatten(value)])),
        scopes: null,
      };
    } catch {
      return undefined;
    }
  };
};
