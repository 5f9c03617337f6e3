import { isOwnedBy, parseOwner } from '../instances/identity.ts';
import type { LastOwners } from '../instances/read-owners.ts';
import type { Invalid, LeaverReport } from '../offboarding/dialect.ts';
import { type PlannedRun, planRuns, type ReportLimits, withWatchDays } from '../offboarding/plan-runs.ts';
import {
  causeAfter,
  createStartReportedRun,
  type ReportedRun,
  type ReportNames,
} from '../offboarding/start-reported-run.ts';
import type { Log } from '../platform/log.ts';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { FindRun } from '../runs/lambda/find-run.ts';
import type { RunStart, StartRun } from '../runs/lambda/start-run.ts';
import { countedRunNameOf, formerRunNameOf, type RunName, runNameOf } from '../runs/run-name.ts';
import type { IdentityProvider, ProviderKind } from './identity-providers.ts';
import type { HeldBack, LeaverLimit } from './leaver-limit.ts';
import type { ProviderMetrics } from './provider-metrics.ts';

export type OffboardingResult =
  /** Each leaver has a run, by this report or by an earlier one. */
  { readonly kind: 'accepted'; readonly runs: readonly ReportedRun[] } | HeldBack | LambdaFailure | Invalid;

/** Times that follow from how long the client waits for its answer, in milliseconds since 1970. */
export type Deadlines = {
  /** How long to wait for the first reading of the owners. */
  readonly ownersUntilMs: number;
  /** When to start no further run. @default never */
  readonly startsUntilMs?: number;
};

type StartOffboardingDependencies = {
  readonly startRun: StartRun;
  readonly findRun: FindRun;
  readonly limit: LeaverLimit;
  readonly lastOwners: LastOwners;
  readonly metrics: Pick<ProviderMetrics, 'heldBack' | 'unreadable'>;
  readonly log: Log;
  /** The deployment, part of the name of each run. */
  readonly stack: string;
  readonly limits: ReportLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/**
 * Whether a provider may send the id of a report again after weeks. Okta repeats an event once, soon, and SCIM has no ids: their
 * reports need no search for an earlier run, which Lambda allows an account 15 times a second.
 */
const idLasts = { webhook: true, 'okta-event-hook': false, scim: false } as const satisfies Record<
  ProviderKind,
  boolean
>;

/** A run with a later `at` than this waits, and counts as long as it does; a run before it counts in its hour. In milliseconds. */
const soonMs = 60 * 60 * 1_000;

/** How the run of a leaver counts for the provider; `not`: it logs nobody out, as far as is known. */
type Counting = 'hour' | 'waiting' | 'not';

/** Lambda's failures come first: sending the report again can help now. */
export const worstOf = <Result extends { readonly kind: string }>(failures: readonly Result[]): Result | undefined =>
  failures.find(({ kind }) => kind !== 'held-back') ?? failures[0];

/** Only a list of owners that was read, and does not name the person, says that they own no instance. */
const mayOwnInstance = async (reading: ReturnType<LastOwners>, owner: string): Promise<boolean> =>
  (await reading)?.owners.some((identities) => isOwnedBy({ owner: identities.join(' ') }, owner)) ?? true;

/**
 * Tells how a run counts. A drill logs nobody out. The run of a person without an instance is started anyway, because one may have
 * been tagged a moment ago, but it does not count. Who is to be logged out later may own an instance by then.
 */
const countingOf = async (
  { lastOwners, now }: StartOffboardingDependencies,
  { dryRun, at, target }: PlannedRun['request'],
  { ownersUntilMs }: Deadlines,
): Promise<Counting> => {
  if (dryRun) return 'not';
  const waitsMs = at === undefined ? 0 : Date.parse(at) - now();
  if (waitsMs > soonMs) return 'waiting';
  return waitsMs > 0 || (await mayOwnInstance(lastOwners(ownersUntilMs), target.owner)) ? 'hour' : 'not';
};

/**
 * Every name that the run of a leaver may have, by how it counts. A run that follows another has the other's name in its key. The run
 * of a report with `effectiveAt` may have waited for it, also when the report comes again after that time.
 */
const namesOf = (
  stack: string,
  { name: provider }: IdentityProvider,
  { at }: LeaverReport,
  run: PlannedRun,
  former?: RunName,
) => {
  const cause = causeAfter({ stack, ...run.cause }, former);
  const identities = parseOwner(run.request.target.owner);
  const names: Readonly<Record<Counting, RunName>> = {
    hour: countedRunNameOf(cause, { provider, isWaiting: false }, identities),
    waiting: countedRunNameOf(cause, { provider, isWaiting: true }, identities),
    not: runNameOf('event', cause),
  };
  const { waiting, ...others } = names;
  const possible = Object.values(at === undefined ? others : names);
  return { names, possible: former === undefined ? [...possible, formerRunNameOf(cause, provider)] : possible };
};

const outOfTime: LambdaFailure = { kind: 'unavailable', detail: 'There was no time left to start this run' };

/** Starts a run for each leaver in the report of an identity provider, within the limits of that provider. */
export const createStartOffboarding = (dependencies: StartOffboardingDependencies) => {
  const { startRun, limit, metrics, log, stack, limits, now } = dependencies;
  const startReportedRun = createStartReportedRun(dependencies);

  const startWithin = async (provider: IdentityProvider, name: RunName, { request }: PlannedRun) => {
    const admission = await limit.admit(provider, name);
    if (admission.kind === 'held-back') metrics.heldBack(provider, admission);
    if (admission.kind !== 'admitted') return admission;
    const started: RunStart = await startRun(name, request);
    if (!('id' in started)) limit.release(name);
    return started;
  };

  const startLeaver = async (
    provider: IdentityProvider,
    report: LeaverReport,
    run: PlannedRun,
    deadlines: Deadlines,
  ) => {
    const counting = await countingOf(dependencies, run.request, deadlines);
    const hasLastingId = idLasts[provider.kind];
    const namesAfter = (former?: RunName): ReportNames => {
      const { names, possible } = namesOf(stack, provider, report, run, former);
      return { name: names[counting], earlier: hasLastingId ? possible : [] };
    };
    return startReportedRun<HeldBack>({
      request: run.request,
      namesAfter,
      idLasts: hasLastingId,
      start: (name) => startWithin(provider, name, run),
    });
  };

  return async (provider: IdentityProvider, report: LeaverReport, deadlines: Deadlines): Promise<OffboardingResult> => {
    const { startsUntilMs = Number.POSITIVE_INFINITY } = deadlines;
    const named = withWatchDays({ ...report, source: `${provider.kind} ${provider.name}` }, provider.watchDays);
    const { maxTargets = limits.maxTargets, timeZone } = provider;
    const planned = planRuns(named, { ...limits, maxTargets, timeZone }, new Date(now()));
    if (planned.kind === 'invalid') return planned;

    if (planned.problem !== undefined) metrics.unreadable(provider, planned.problem);
    const results = await Promise.all(
      planned.runs.map((run) => (now() < startsUntilMs ? startLeaver(provider, report, run, deadlines) : outOfTime)),
    );
    const runs = results.flatMap((result) => (result.kind === 'run' ? [result] : []));
    const worst = worstOf(results.filter((result) => result.kind !== 'run'));
    const ended = runs.filter(({ isEarlier, endedAt }) => isEarlier && endedAt !== undefined).length;
    log(worst === undefined && ended === 0 ? 'INFO' : 'WARN', 'offboarding', {
      requestedBy: planned.requestedBy,
      runs: runs.map(({ id }) => id),
      ...(ended > 0 && { alreadyEnded: ended }),
      ...(worst && { failure: worst.kind, notStarted: results.length - runs.length }),
    });
    return worst ?? { kind: 'accepted', runs };
  };
};

export type StartOffboarding = ReturnType<typeof createStartOffboarding>;
