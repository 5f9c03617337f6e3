import type { Log } from '../platform/log.ts';
import { embeddedMetrics } from '../platform/metrics.ts';
import { type IdentityProvider, type RefusalReason, refusalReasons } from './identity-providers.ts';
import type { HeldBack } from './leaver-limit.ts';

/** What the alarms of identity providers count; each metric is counted for an identity provider and for the stack. */
export const providerMetricNames = {
  requests: 'callerRequests',
  heldBack: 'heldBack',
  unreadable: 'unreadable',
  ownerRenamed: 'ownerRenamed',
} as const;
export const providerMetricDimensions = { stack: 'stack', provider: 'caller' } as const;

/**
 * Counts requests that did not reach anybody who could act on them, by status and by route: this function counts 401, the access
 * log of the API counts 413 and 429.
 */
export const refusalMetric = 'reportsRefused';
export const refusalMetricDimensions = { stack: 'stack', status: 'status', route: 'route' } as const;

const minuteMs = 60_000;
/** As many as set the alarm. */
const mostRefusalsPerMinute = 3;

/** @param now milliseconds since 1970 */
export const createProviderMetrics = (log: Log, stack: string, now: () => number) => {
  const recent = new Map<string, readonly number[]>();
  /** Whether fewer than so many lines with this key were written within the last minute. Then this one counts too. */
  const mayWrite = (key: string, most: number): boolean => {
    const times = recent.get(key)?.filter((at) => now() - at < minuteMs) ?? [];
    if (times.length >= most) return false;
    recent.set(key, [...times, now()]);
    return true;
  };

  const metric = (name: string, { kind, name: provider }: IdentityProvider) => {
    const { stack: ofStack, provider: ofProvider } = providerMetricDimensions;
    const dimensions = { [ofProvider]: provider, [ofStack]: stack };
    const sets = [[ofStack], [ofStack, ofProvider]];
    return { kind, ...embeddedMetrics({ [name]: 1 }, dimensions, new Date(now()), sets) };
  };

  return {
    /** A request came with the provider's token. It is written down once a minute: an initial cycle of SCIM makes 25 a second. */
    request: (provider: IdentityProvider): void => {
      if (mayWrite(provider.name, 1))
        log('INFO', 'identity provider request', metric(providerMetricNames.requests, provider));
    },
    /** Somebody was not logged out, because the provider reported too many. */
    heldBack: (provider: IdentityProvider, { why, retryAfter }: HeldBack): void =>
      log('WARN', 'leaver held back', {
        // The access log counts the 429 of `too-fast`, which soon ends.
        ...(why === 'too-fast'
          ? { kind: provider.kind, [providerMetricDimensions.provider]: provider.name }
          : metric(providerMetricNames.heldBack, provider)),
        why,
        retryAfter,
      }),
    /** Somebody may have left, and what the provider sent about it cannot be read. */
    unreadable: (provider: IdentityProvider, problem: string): void =>
      log('ERROR', 'event not understood', { ...metric(providerMetricNames.unreadable, provider), problem }),
    /** A request got 401. It is written down three times a minute at most, for each route and reason. */
    refused: (routeKey: string, reason: RefusalReason): void => {
      if (!mayWrite(JSON.stringify([routeKey, reason]), mostRefusalsPerMinute)) return;
      const { stack: ofStack, status: ofStatus, route: ofRoute } = refusalMetricDimensions;
      const dimensions = { [ofStack]: stack, [ofStatus]: '401', [ofRoute]: routeKey };
      const sets = [
        [ofStack, ofStatus],
        [ofStack, ofStatus, ofRoute],
      ];
      log('WARN', 'request refused', {
        ...(refusalReasons[reason].isCounted
          ? embeddedMetrics({ [refusalMetric]: 1 }, dimensions, new Date(now()), sets)
          : { route: routeKey }),
        reason,
      });
    },
    /** The owner of an instance has another name at the provider. Only a person can tell whether the tag needs it: both are written down. */
    ownerRenamed: (provider: IdentityProvider, from: string, to: string | undefined): void =>
      log('WARN', 'owner renamed', { ...metric(providerMetricNames.ownerRenamed, provider), from, to }),
  };
};

export type ProviderMetrics = ReturnType<typeof createProviderMetrics>;
