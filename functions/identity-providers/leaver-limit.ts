import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { CountedRun, ListCountedRuns } from '../runs/lambda/list-counted-runs.ts';
import { type CountedLeaver, countedLeaverOf, type RunName } from '../runs/run-name.ts';
import type { IdentityProvider } from './identity-providers.ts';

export type HeldBack = {
  readonly kind: 'held-back';
  /**
   * `hour`: `maxPerHour` people were reported within the hour. `waiting`: too many runs wait for a later `effectiveAt`.
   * `too-fast`: this copy of the function has used its share until Lambda's list shows its runs.
   */
  readonly why: 'hour' | 'waiting' | 'too-fast';
  /** Seconds until the report may be accepted. */
  readonly retryAfter: number;
};

type Admission = { readonly kind: 'admitted' } | HeldBack | LambdaFailure;

type LeaverLimitDependencies = {
  readonly listCountedRuns: ListCountedRuns;
  /** How many copies of the function may run at once: its reserved concurrency. */
  readonly copies: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

const hourMs = 60 * 60 * 1_000;
/** How far Lambda's list may lag behind, in milliseconds. */
export const listLagMs = 30_000;
/** How long one reading of the list is used, in milliseconds: Lambda allows an account 15 a second. */
export const readingTtlMs = 1_000;
/** Seconds after which a copy has most likely seen its runs in the list. */
const tooFastRetryAfter = 5;
/** Runs that wait for a later `effectiveAt`, for each person of `maxPerHour`. */
export const waitingPerHourly = 10;

/** Parts of a limit that one copy may start before Lambda's list shows them. A batch of leavers should fit into one. */
const parts = 5;
const leastShare = 5;

/** People whom one copy may start before Lambda's list shows them, for a limit of `most`. */
const shareOf = (most: number, copies: number): number =>
  Math.min(most, Math.max(leastShare, Math.ceil(most / Math.min(parts, copies))));

/**
 * The most people that are admitted under a limit of `most`: those that a copy knows of when it admits the last one, and the share
 * of each other copy, which the list did not show yet.
 *
 * @param most `maxPerHour`, or {@link waitingPerHourly} times as many for runs that wait
 * @param copies how many may run at once: the reserved concurrency of the function
 */
export const mostLeavers = (most: number, copies: number): number => most + (copies - 1) * shareOf(most, copies);

type OwnRun = CountedLeaver & {
  startedAtMs: number;
  /** When a reading showed it. */
  seenAtMs?: number;
};

/** The people who count for a provider, each with the latest start of their runs. */
type People = ReadonlyMap<string, number>;

const peopleIn = (runs: Iterable<CountedLeaver & { readonly startedAtMs: number }>, provider: string): People => {
  const people = new Map<string, number>();
  for (const run of runs)
    if (run.provider === provider) people.set(run.person, Math.max(run.startedAtMs, people.get(run.person) ?? 0));
  return people;
};

/** The limit of the runs that wait, or of all others: what Lambda lists, and what this copy has started and not seen there yet. */
const createTally = (ofWaiting: boolean, { listCountedRuns, copies, now }: LeaverLimitDependencies) => {
  const own = new Map<RunName, OwnRun>();
  let latest: { readonly reading: ReturnType<ListCountedRuns>; readonly atMs: number } | undefined;

  const see = (runs: readonly CountedRun[]): void => {
    for (const { name } of runs) {
      const run = own.get(name as RunName);
      if (run !== undefined) run.seenAtMs ??= now();
    }
  };

  const read = (): ReturnType<ListCountedRuns> => {
    if (latest !== undefined && now() - latest.atMs < readingTtlMs) return latest.reading;
    const which = ofWaiting ? 'not-ended' : { startedSince: new Date(now() - hourMs) };
    const reading = listCountedRuns(which).then((result) => {
      if (result.kind === 'runs') see(result.runs);
      else latest = undefined;
      return result;
    });
    latest = { reading, atMs: now() };
    return reading;
  };

  // Another copy may still use a reading from before: a run is known to all of them once the reading that showed it is that old.
  const forgetKnown = (): void => {
    for (const [name, { startedAtMs, seenAtMs = Number.POSITIVE_INFINITY }] of own)
      if (now() - seenAtMs >= readingTtlMs || startedAtMs <= now() - hourMs) own.delete(name);
  };

  const secondsToFree = (people: People): number => {
    const freeAtMs = Math.min(...people.values()) + hourMs;
    return ofWaiting ? hourMs / 1_000 : Math.max(1, Math.ceil((freeAtMs - now()) / 1_000));
  };

  return {
    own,
    admit: async (provider: IdentityProvider, name: RunName, leaver: CountedLeaver): Promise<Admission> => {
      const listed = await read();
      if (listed.kind !== 'runs') return listed;

      forgetKnown();
      const most = provider.maxPerHour * (ofWaiting ? waitingPerHourly : 1);
      const ofList = peopleIn(
        listed.runs.filter(({ isWaiting }) => isWaiting === ofWaiting),
        provider.name,
      );
      const ofCopy = peopleIn(own.values(), provider.name);
      const people = new Map([...ofList, ...ofCopy]);
      if (!people.has(leaver.person)) {
        const why = ofWaiting ? 'waiting' : 'hour';
        if (people.size >= most) return { kind: 'held-back', why, retryAfter: secondsToFree(people) };
        const unknownToOthers = ofCopy.size;
        if (unknownToOthers >= shareOf(most, copies))
          return { kind: 'held-back', why: 'too-fast', retryAfter: tooFastRetryAfter };
      }
      own.set(name, { ...leaver, startedAtMs: now() });
      return { kind: 'admitted' };
    },
  };
};

/**
 * Holds back the leavers of an identity provider beyond its limits: a token may be stolen, and a provider may be wrong. People
 * count, not runs. There is no database, so a copy of the function counts the runs that Lambda lists and those that it started
 * itself. {@link mostLeavers} is the bound for all copies together.
 */
export const createLeaverLimit = (dependencies: LeaverLimitDependencies) => {
  const hour = createTally(false, dependencies);
  const waiting = createTally(true, dependencies);
  return {
    /** Counts a leaver in. Another run of the same person costs nothing. It waits for nothing but Lambda's list. */
    admit: async (provider: IdentityProvider, runName: RunName): Promise<Admission> => {
      const leaver = countedLeaverOf(runName);
      if (leaver === undefined) return { kind: 'admitted' };
      return (leaver.isWaiting ? waiting : hour).admit(provider, runName, leaver);
    },
    /** Lambda did not say that it started the run: it counts until Lambda's list would show it, and no longer. */
    release: (runName: RunName): void => {
      for (const { own } of [hour, waiting]) {
        const run = own.get(runName);
        if (run !== undefined) run.startedAtMs = dependencies.now() - hourMs + listLagMs;
      }
    },
  };
};

export type LeaverLimit = ReturnType<typeof createLeaverLimit>;
