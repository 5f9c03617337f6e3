import { embeddedMetrics } from '../logout/evidence.ts';
import type { Log } from '../platform/log.ts';
import type { NamedCaller } from './named-callers.ts';

/** What the alarms of named callers count; each metric is counted for a caller and for the stack. */
export const callerMetricNames = {
  requests: 'callerRequests',
  heldBack: 'heldBack',
  unreadable: 'unreadable',
} as const;
export const callerMetricDimensions = { stack: 'stack', caller: 'caller' } as const;

export type CallerMetrics = {
  /** A request came with the caller's token. It is written down once a minute: an initial cycle of SCIM makes 25 a second. */
  readonly request: (caller: NamedCaller) => void;
  /** Somebody was not logged out, because the caller had too many logged out within the hour. */
  readonly heldBack: (caller: NamedCaller, retryAfter: number) => void;
  /** Somebody may have left, and what the caller sent about it cannot be read. */
  readonly unreadable: (caller: NamedCaller, problem: string) => void;
};

const minuteMs = 60_000;

/** @param now milliseconds since 1970 */
export const createCallerMetrics = (log: Log, stack: string, now: () => number): CallerMetrics => {
  const latest = new Map<string, number>();

  const metric = (name: string, { kind, name: caller }: NamedCaller) => {
    const dimensions = { [callerMetricDimensions.caller]: caller, [callerMetricDimensions.stack]: stack };
    const sets = [[callerMetricDimensions.stack], [callerMetricDimensions.stack, callerMetricDimensions.caller]];
    return { kind, ...embeddedMetrics({ [name]: 1 }, dimensions, new Date(now()), sets) };
  };

  return {
    request: (caller) => {
      if (now() - (latest.get(caller.name) ?? Number.NEGATIVE_INFINITY) < minuteMs) return;
      latest.set(caller.name, now());
      log('INFO', 'caller request', metric(callerMetricNames.requests, caller));
    },
    heldBack: (caller, retryAfter) =>
      log('WARN', 'departure held back', { ...metric(callerMetricNames.heldBack, caller), retryAfter }),
    unreadable: (caller, problem) =>
      log('ERROR', 'event not understood', { ...metric(callerMetricNames.unreadable, caller), problem }),
  };
};
