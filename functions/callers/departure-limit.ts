import { createPace } from '../offboarding/pace.ts';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { ListStartedRuns, StartedRun } from '../runs/lambda/list-started-runs.ts';
import type { NamedCaller } from './named-callers.ts';

export type HeldBack = {
  readonly kind: 'held-back';
  /** Seconds until one of the runs that count is an hour old. */
  readonly retryAfter: number;
};

export type DepartureLimit = {
  /** Counts a departure in, after a wait of at most a second; the same run again costs nothing. */
  readonly admit: (
    caller: NamedCaller,
    runName: string,
  ) => Promise<{ readonly kind: 'admitted' } | HeldBack | LambdaFailure>;
  /** Lambda did not say that it started the run: it counts until Lambda's list would show it, and no longer. */
  readonly release: (runName: string) => void;
};

export type DepartureLimitDependencies = {
  readonly listStartedRuns: ListStartedRuns;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
};

const hourMs = 60 * 60 * 1_000;
/** How far Lambda's list may lag behind, in milliseconds. */
export const listLagMs = 30_000;
/** Departures that one process starts at once; after them, one in each interval. */
export const pace = { burst: 5, intervalMs: 1_000 } as const;

/**
 * The most departures of one caller within an hour: those that a process knows of when it admits the last one, those that each
 * other process may have started since Lambda's list was up to date, and one that waits for its turn there.
 *
 * @param processes how many may run at once: the reserved concurrency of the function
 */
export const mostDeparturesPerHour = (maxPerHour: number, processes: number): number =>
  maxPerHour + (processes - 1) * (pace.burst + listLagMs / pace.intervalMs + 1);

/**
 * Holds back the departures of a caller beyond `maxPerHour`: a token may be stolen, and a provider may be wrong. There is no
 * database, so it counts the runs that Lambda lists and those that this process started. {@link mostDeparturesPerHour} is the bound.
 */
export const createDepartureLimit = ({ listStartedRuns, now, sleep }: DepartureLimitDependencies): DepartureLimit => {
  const own = new Map<string, { readonly caller: string; readonly startedAtMs: number }>();
  const waitForTurn = createPace(pace, now);

  const count = (caller: string, listed: readonly StartedRun[]): ReadonlyMap<string, number> => {
    for (const [name, { startedAtMs }] of own) if (startedAtMs <= now() - hourMs) own.delete(name);
    const ofCaller = [...own].filter(([, run]) => run.caller === caller);
    return new Map([
      ...ofCaller.map(([name, { startedAtMs }]) => [name, startedAtMs] as const),
      ...listed.map(({ name, startedAtMs }) => [name, startedAtMs] as const),
    ]);
  };

  return {
    admit: async ({ name: caller, maxPerHour }, runName) => {
      const listed = await listStartedRuns(caller, new Date(now() - hourMs));
      if (listed.kind !== 'runs') return listed;

      const counted = count(caller, listed.runs);
      if (counted.has(runName)) return { kind: 'admitted' };
      if (counted.size >= maxPerHour) {
        const untilOldestEnds = Math.min(...counted.values()) + hourMs - now();
        return { kind: 'held-back', retryAfter: Math.max(1, Math.ceil(untilOldestEnds / 1_000)) };
      }
      const waitMs = waitForTurn();
      own.set(runName, { caller, startedAtMs: now() + waitMs });
      if (waitMs > 0) await sleep(waitMs);
      return { kind: 'admitted' };
    },
    release: (runName) => {
      const run = own.get(runName);
      if (run !== undefined) own.set(runName, { ...run, startedAtMs: now() - hourMs + listLagMs });
    },
  };
};
