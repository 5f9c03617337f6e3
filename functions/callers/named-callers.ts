import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { environmentNames, parseVariables, type Variables } from '../platform/environment.ts';

export const callerKinds = ['webhook', 'okta-event-hook', 'scim'] as const;

export type CallerKind = (typeof callerKinds)[number];

/** Names of callers. They are part of the names of runs, so 16 characters at most. */
export const callerNamePattern = /^[a-z][a-z0-9-]{0,15}$/;

/** A system outside AWS that may start offboarding runs, and proves who it is by a token of its own. */
export type NamedCaller = {
  readonly name: string;
  readonly kind: CallerKind;
  /** SHA-256 of each token that is valid now, as 64 hexadecimal digits: two while a token is replaced. */
  readonly tokenSha256: readonly string[];
  /** People who own instances and may be logged out within an hour. */
  readonly maxPerHour: number;
};

const callerSchema = v.object({
  kind: v.picklist(callerKinds),
  tokenSha256: v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  maxPerHour: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

const environmentSchema = v.object({
  [environmentNames.namedCallers]: v.pipe(
    v.optional(v.string(), '{}'),
    v.parseJson(undefined, 'must be JSON'),
    v.check((value) => !Array.isArray(value), 'must be an object of named callers'),
    v.record(v.pipe(v.string(), v.regex(callerNamePattern)), callerSchema, 'must be an object of named callers'),
  ),
});

/** Reads the callers of a function. @throws EnvironmentError that says what is wrong */
export const readNamedCallers = (variables: Variables): readonly NamedCaller[] =>
  Object.entries(parseVariables(environmentSchema, variables).NAMED_CALLERS).map(([name, caller]) => ({
    name,
    ...caller,
  }));

/** Finds whose token a request carries, or `undefined`. It reads nothing but the `Authorization` header. */
export type IdentifyCaller = (event: Pick<APIGatewayProxyEventV2, 'headers'>) => NamedCaller | undefined;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

// Okta sends what the administrator typed, with or without the scheme.
const tokenIn = (authorization: string): string => authorization.trim().replace(/^bearer\s+/i, '');

/**
 * Compares the digest of the token with every stored digest, each in constant time, so that timing reveals nothing about a token.
 *
 * @param callers those whose token may be used here
 */
export const createIdentifyCaller = (callers: readonly NamedCaller[]): IdentifyCaller => {
  const known = callers.flatMap((caller) =>
    caller.tokenSha256.map((digest) => ({ caller, digest: Buffer.from(digest, 'hex') })),
  );
  return ({ headers }) => {
    const token = tokenIn(headers.authorization ?? '');
    const given = sha256(token);
    return token === '' ? undefined : known.filter(({ digest }) => timingSafeEqual(digest, given))[0]?.caller;
  };
};
