import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { parseVariables, type Variables } from '../platform/environment.ts';
import { identityProviders } from '../platform/settings.ts';

export const providerKinds = ['webhook', 'okta-event-hook', 'scim'] as const;

export type ProviderKind = (typeof providerKinds)[number];

/** Names of identity providers. They are part of the names of runs, so 16 characters at most. */
export const providerNamePattern = /^[a-z][a-z0-9-]{0,15}$/;

/** A system outside AWS that may start offboarding runs, and proves who it is by a token of its own. */
export type IdentityProvider = {
  readonly name: string;
  readonly kind: ProviderKind;
  /** SHA-256 of each token that is valid now, as 64 hexadecimal digits: two while a token is replaced. */
  readonly tokenSha256: readonly string[];
  /** People who own instances and may be logged out within an hour. */
  readonly maxPerHour: number;
};

const providerSchema = v.object({
  kind: v.picklist(providerKinds),
  tokenSha256: v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  maxPerHour: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

const providersSchema = () =>
  v.pipe(
    identityProviders.read(),
    v.check((value) => !Array.isArray(value), 'must be an object of identity providers'),
    v.record(
      v.pipe(v.string(), v.regex(providerNamePattern)),
      providerSchema,
      'must be an object of identity providers',
    ),
  );

/** Reads the providers of a function. @throws EnvironmentError that says what is wrong */
export const readIdentityProviders = (variables: Variables): readonly IdentityProvider[] => {
  const { providers } = parseVariables({ providers: { ...identityProviders, read: providersSchema } }, variables);
  return Object.entries(providers).map(([name, provider]) => ({ name, ...provider }));
};

/** Finds whose token a request carries, or `undefined`. It reads nothing but the `Authorization` header. */
export type IdentifyProvider = (event: Pick<APIGatewayProxyEventV2, 'headers'>) => IdentityProvider | undefined;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

// Okta sends what the administrator typed, with or without the scheme. A bare scheme is no token.
const tokenIn = (authorization: string): string => authorization.trim().replace(/^bearer(?:\s+|$)/i, '');

/**
 * Compares the digest of the token with every stored digest, each in constant time, so that timing reveals nothing about a token.
 *
 * @param providers those whose token may be used here
 */
export const createIdentifyProvider = (providers: readonly IdentityProvider[]): IdentifyProvider => {
  const known = providers.flatMap((provider) =>
    provider.tokenSha256.map((digest) => ({ provider, digest: Buffer.from(digest, 'hex') })),
  );
  return ({ headers }) => {
    const token = tokenIn(headers.authorization ?? '');
    const given = sha256(token);
    return token === '' ? undefined : known.filter(({ digest }) => timingSafeEqual(digest, given))[0]?.provider;
  };
};
