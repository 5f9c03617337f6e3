import { embeddedMetrics } from '../logout/evidence.ts';
import type { Log } from '../platform/log.ts';
import type { IdentityProvider } from './identity-providers.ts';

/** What the alarms of identity providers count; each metric is counted for an identity provider and for the stack. */
export const providerMetricNames = {
  requests: 'callerRequests',
  heldBack: 'heldBack',
  unreadable: 'unreadable',
} as const;
export const providerMetricDimensions = { stack: 'stack', provider: 'caller' } as const;

export type ProviderMetrics = {
  /** A request came with the provider's token. It is written down once a minute: an initial cycle of SCIM makes 25 a second. */
  readonly request: (provider: IdentityProvider) => void;
  /** Somebody was not logged out, because the provider had too many logged out within the hour. */
  readonly heldBack: (provider: IdentityProvider, retryAfter: number) => void;
  /** Somebody may have left, and what the provider sent about it cannot be read. */
  readonly unreadable: (provider: IdentityProvider, problem: string) => void;
};

const minuteMs = 60_000;

/** @param now milliseconds since 1970 */
export const createProviderMetrics = (log: Log, stack: string, now: () => number): ProviderMetrics => {
  const latest = new Map<string, number>();

  const metric = (name: string, { kind, name: provider }: IdentityProvider) => {
    const dimensions = { [providerMetricDimensions.provider]: provider, [providerMetricDimensions.stack]: stack };
    const sets = [
      [providerMetricDimensions.stack],
      [providerMetricDimensions.stack, providerMetricDimensions.provider],
    ];
    return { kind, ...embeddedMetrics({ [name]: 1 }, dimensions, new Date(now()), sets) };
  };

  return {
    request: (provider) => {
      if (now() - (latest.get(provider.name) ?? Number.NEGATIVE_INFINITY) < minuteMs) return;
      latest.set(provider.name, now());
      log('INFO', 'identity provider request', metric(providerMetricNames.requests, provider));
    },
    heldBack: (provider, retryAfter) =>
      log('WARN', 'leaver held back', { ...metric(providerMetricNames.heldBack, provider), retryAfter }),
    unreadable: (provider, problem) =>
      log('ERROR', 'event not understood', { ...metric(providerMetricNames.unreadable, provider), problem }),
  };
};
