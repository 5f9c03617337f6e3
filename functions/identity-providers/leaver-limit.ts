import { createPace } from '../offboarding/pace.ts';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { ListStartedRuns, StartedRun } from '../runs/lambda/list-started-runs.ts';
import type { IdentityProvider } from './identity-providers.ts';

export type HeldBack = {
  readonly kind: 'held-back';
  /** Seconds until one of the runs that count is an hour old. */
  readonly retryAfter: number;
};

export type LeaverLimit = {
  /** Counts a leaver in, after a wait of at most a second; the same run again costs nothing. */
  readonly admit: (
    provider: IdentityProvider,
    runName: string,
  ) => Promise<{ readonly kind: 'admitted' } | HeldBack | LambdaFailure>;
  /** Lambda did not say that it started the run: it counts until Lambda's list would show it, and no longer. */
  readonly release: (runName: string) => void;
};

export type LeaverLimitDependencies = {
  readonly listStartedRuns: ListStartedRuns;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
};

const hourMs = 60 * 60 * 1_000;
/** How far Lambda's list may lag behind, in milliseconds. */
export const listLagMs = 30_000;
/** Leavers whose runs one process starts at once; after them, one in each interval. */
export const pace = { burst: 5, intervalMs: 1_000 } as const;

/**
 * The most leavers of one provider whose runs start within an hour: those that a process knows of when it admits the last one,
 * those that each other process may have started since Lambda's list was up to date, and one that waits for its turn there.
 *
 * @param processes how many may run at once: the reserved concurrency of the function
 */
export const mostLeaversPerHour = (maxPerHour: number, processes: number): number =>
  maxPerHour + (processes - 1) * (pace.burst + listLagMs / pace.intervalMs + 1);

/**
 * Holds back the leavers of an identity provider beyond `maxPerHour`: a token may be stolen, and a provider may be wrong. There
 * is no database, so it counts the runs that Lambda lists and those that this process started. {@link mostLeaversPerHour} is
 * the bound.
 */
export const createLeaverLimit = ({ listStartedRuns, now, sleep }: LeaverLimitDependencies): LeaverLimit => {
  const own = new Map<string, { readonly provider: string; readonly startedAtMs: number }>();
  const waitForTurn = createPace(pace, now);

  const count = (provider: string, listed: readonly StartedRun[]): ReadonlyMap<string, number> => {
    for (const [name, { startedAtMs }] of own) if (startedAtMs <= now() - hourMs) own.delete(name);
    const ofProvider = [...own].filter(([, run]) => run.provider === provider);
    return new Map([
      ...ofProvider.map(([name, { startedAtMs }]) => [name, startedAtMs] as const),
      ...listed.map(({ name, startedAtMs }) => [name, startedAtMs] as const),
    ]);
  };

  return {
    admit: async ({ name: provider, maxPerHour }, runName) => {
      const listed = await listStartedRuns(provider, new Date(now() - hourMs));
      if (listed.kind !== 'runs') return listed;

      const counted = count(provider, listed.runs);
      if (counted.has(runName)) return { kind: 'admitted' };
      if (counted.size >= maxPerHour) {
        const untilOldestEnds = Math.min(...counted.values()) + hourMs - now();
        return { kind: 'held-back', retryAfter: Math.max(1, Math.ceil(untilOldestEnds / 1_000)) };
      }
      const waitMs = waitForTurn();
      own.set(runName, { provider, startedAtMs: now() + waitMs });
      if (waitMs > 0) await sleep(waitMs);
      return { kind: 'admitted' };
    },
    release: (runName) => {
      const run = own.get(runName);
      if (run !== undefined) own.set(runName, { ...run, startedAtMs: now() - hourMs + listLagMs });
    },
  };
};
