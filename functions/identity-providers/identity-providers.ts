import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { parseVariables, type Variables } from '../platform/environment.ts';
import { identityProviders } from '../platform/settings.ts';

export const providerKinds = ['webhook', 'okta-event-hook', 'scim'] as const;

export type ProviderKind = (typeof providerKinds)[number];

/** Names of identity providers. They are part of the names of runs, so 16 characters at most. */
export const providerNamePattern = /^[a-z][a-z0-9-]{0,15}$/;

const atLeastOne = v.pipe(v.number(), v.integer(), v.minValue(1));

const providerSchema = v.object({
  kind: v.picklist(providerKinds),
  /** SHA-256 of each token that is valid now, as 64 hexadecimal digits: two while a token is replaced. */
  tokenSha256: v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  /** People who own instances and may be logged out within an hour. */
  maxPerHour: atLeastOne,
  /** Most instances of one person. @default that of the deployment */
  maxTargets: v.exactOptional(atLeastOne),
  /** Days to watch the instances of a person whose report says nothing about it. @default none */
  watchDays: v.exactOptional(atLeastOne),
  /** Of the dates in its reports. @default a report with a date is refused */
  timeZone: v.exactOptional(v.string()),
});

/** A system outside AWS that may start offboarding runs, and proves who it is by a token of its own. */
export type IdentityProvider = Readonly<v.InferOutput<typeof providerSchema>> & { readonly name: string };

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

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * A bearer token of 256 random bits in base64url: with so many, its plain digest cannot be guessed back. The token is for the identity
 * provider and is stored nowhere else; `sha256` is for `identityProviders` in the configuration, as 64 hexadecimal digits.
 */
export const newProviderToken = () => {
  const token = randomBytes(32).toString('base64url');
  return { token, sha256: sha256(token).toString('hex') };
};

export const providerTokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** Why a request got 401. Those that are counted carry what was a token of this service, or looks like one. */
export const refusalReasons = {
  'no token': { isCounted: false },
  'not a token of this service': { isCounted: false },
  'unknown token': { isCounted: true },
  'token of another kind of identity provider': { isCounted: true },
} as const;

export type RefusalReason = keyof typeof refusalReasons;

export type Identification =
  | { readonly kind: 'identified'; readonly provider: IdentityProvider }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

// Okta sends what the administrator typed, with or without the scheme. A bare scheme is no token.
const tokenIn = (authorization: string): string => authorization.trim().replace(/^bearer(?:\s+|$)/i, '');

/** A provider that is set up with another scheme, or with a quotation mark too many, sends a token of this service all the same. */
const hasProviderToken = (authorization: string): boolean =>
  authorization.split(/[\s:,"']/).some((word) => providerTokenPattern.test(word));

/**
 * Finds whose token a request carries. It reads nothing but the `Authorization` header. It compares the digest of the token with
 * every stored digest, each in constant time, so that timing reveals nothing about a token.
 */
export const createIdentifyProvider = (providers: readonly IdentityProvider[]) => {
  const known = providers.flatMap((provider) =>
    provider.tokenSha256.map((digest) => ({ provider, digest: Buffer.from(digest, 'hex') })),
  );
  /** @param kind of provider whose tokens the route takes */
  return ({ headers }: Pick<APIGatewayProxyEventV2, 'headers'>, kind: ProviderKind | undefined): Identification => {
    const token = tokenIn(headers.authorization ?? '');
    if (token === '') return { kind: 'refused', reason: 'no token' };
    const given = sha256(token);
    const provider = known.filter(({ digest }) => timingSafeEqual(digest, given))[0]?.provider;
    if (provider !== undefined)
      return provider.kind === kind
        ? { kind: 'identified', provider }
        : { kind: 'refused', reason: 'token of another kind of identity provider' };
    return { kind: 'refused', reason: hasProviderToken(token) ? 'unknown token' : 'not a token of this service' };
  };
};
