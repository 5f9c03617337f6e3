import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ProviderHandlerDependencies } from '../identity-providers/handler-dependencies.ts';
import type { IdentityProvider } from '../identity-providers/identity-providers.ts';
import type { OffboardingResult } from '../identity-providers/start-offboarding.ts';
import { describeInvalid, type LeaverReport } from '../offboarding/dialect.ts';
import { ScimError } from './response.ts';

/** Starts the logout of the person with these identities. @throws ScimError if it was not started */
export type Deactivate = (identities: readonly string[]) => Promise<void>;

/**
 * SCIM has no event id. The same deactivation within this time, in milliseconds, is a client's network retry, and the same run.
 * Every later one starts a run of its own: two runs over one instance do no harm, a deactivation that is passed over does.
 */
const sameRunMs = 30_000;

/** How long a client waits, in milliseconds, for the first reading of the owners. The function has 29 seconds. */
const ownersTimeMs = 20_000;

/** When a request that could not be carried out is worth sending again, in seconds. */
const retryAfter = 30;

const reportOf = (
  provider: IdentityProvider,
  identities: readonly string[],
  now: number,
  requestId: string,
): LeaverReport => ({
  kind: 'report',
  people: [identities],
  reason: 'deactivated in the identity provider',
  source: 'scim',
  id: String(Math.floor(now / sameRunMs)),
  requestedBy: `scim ${provider.name}`,
  occurredAt: new Date(now).toISOString(),
  occurredAtFrom: 'arrival',
  requestId,
});

/** Whether the client is Okta's, which repeats a request by itself only after a 429. */
export const isOkta = (userAgent: string | undefined): boolean => /\bokta\b/i.test(userAgent ?? '');

/**
 * An error that makes the provider send the request again: Okta does so only after a 429, Entra ID after either.
 *
 * @param userAgent of the provider
 */
export const tryAgain = (userAgent: string | undefined, detail: string): ScimError =>
  new ScimError(isOkta(userAgent) ? 429 : 503, detail, undefined, retryAfter);

const errorOf = (
  result: Exclude<OffboardingResult, { readonly kind: 'accepted' }>,
  userAgent: string | undefined,
): ScimError => {
  switch (result.kind) {
    case 'invalid':
      return new ScimError(400, describeInvalid(result), 'invalidValue');
    case 'held-back':
      return new ScimError(
        429,
        result.why === 'too-fast'
          ? 'too many people were deactivated within seconds: send it again'
          : 'too many people were logged out for this identity provider within an hour: raise its maxPerHour to allow more',
        undefined,
        result.retryAfter,
      );
    default:
      return tryAgain(userAgent, `the logout was not started: ${result.detail}`);
  }
};

export const createDeactivate =
  (
    { startOffboarding, now }: Pick<ProviderHandlerDependencies, 'startOffboarding' | 'now'>,
    provider: IdentityProvider,
    { headers, requestContext: { requestId } }: Pick<APIGatewayProxyEventV2, 'headers' | 'requestContext'>,
  ): Deactivate =>
  async (identities) => {
    const deadlines = { ownersUntilMs: now() + ownersTimeMs };
    const result = await startOffboarding(provider, reportOf(provider, identities, now(), requestId), deadlines);
    if (result.kind !== 'accepted') throw errorOf(result, headers['user-agent']);
  };
