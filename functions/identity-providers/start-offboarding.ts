import { isOwnedBy } from '../instances/identity.ts';
import type { ReadOwners } from '../instances/read-owners.ts';
import type { Invalid, LeaverReport } from '../offboarding/dialect.ts';
import { type PlannedRun, planRuns } from '../offboarding/plan-runs.ts';
import type { Log } from '../platform/log.ts';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { FindRun } from '../runs/lambda/find-run.ts';
import type { RunStart, StartRun } from '../runs/lambda/start-run.ts';
import type { RunLimits } from '../runs/request.ts';
import { type RunName, runNameOf } from '../runs/run-name.ts';
import type { IdentityProvider } from './identity-providers.ts';
import type { HeldBack, LeaverLimit } from './leaver-limit.ts';
import type { ProviderMetrics } from './provider-metrics.ts';

export type OffboardingResult =
  /** A run goes by each of these names, by this request or by an earlier one. */
  { readonly kind: 'accepted'; readonly runs: readonly RunName[] } | HeldBack | LambdaFailure | Invalid;

/**
 * Starts a run for each leaver in the report of an identity provider, within the limits of that provider.
 *
 * @param untilMs when to start no further run, in milliseconds since 1970 @default never
 */
export type StartOffboarding = (
  provider: IdentityProvider,
  report: LeaverReport,
  untilMs?: number,
) => Promise<OffboardingResult>;

export type StartOffboardingDependencies = {
  readonly startRun: StartRun;
  readonly findRun: FindRun;
  readonly limit: LeaverLimit;
  readonly readOwners: ReadOwners;
  readonly metrics: Pick<ProviderMetrics, 'heldBack' | 'unreadable'>;
  readonly log: Log;
  /** The deployment, part of the name of each run. */
  readonly stack: string;
  readonly limits: RunLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** Time for reading who owns an instance, in milliseconds: Okta waits three seconds for an answer. */
const readingTimeMs = 1_000;

const within = async <T>(ms: number, promise: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
};

/** A run that could not be started comes before one that is held back: sending the request again can help now. */
const worstOf = (results: readonly (RunStart | HeldBack)[]): LambdaFailure | HeldBack | undefined => {
  const failures = results.filter((result): result is LambdaFailure | HeldBack => !('id' in result));
  return failures.find(({ kind }) => kind !== 'held-back') ?? failures[0];
};

/** Only a list of owners that was read, and does not name the person, says that they own no instance. */
const createMayOwnInstance =
  ({ readOwners }: StartOffboardingDependencies) =>
  async ({ target }: PlannedRun['request']): Promise<boolean> => {
    const reading = await within(readingTimeMs, readOwners());
    if (reading?.kind !== 'owners' || !('owner' in target)) return true;
    return reading.owners.some((identities) => isOwnedBy({ owner: identities.join(' ') }, target.owner));
  };

/**
 * Tells whether a run counts for the limit of its provider. A drill logs nobody out. The run of a person without an instance is
 * started anyway, because one may have been tagged a moment ago, but it does not count.
 */
const createCounts = (dependencies: StartOffboardingDependencies) => {
  const mayOwnInstance = createMayOwnInstance(dependencies);
  return async ({ request }: PlannedRun): Promise<boolean> => !request.dryRun && mayOwnInstance(request);
};

type NamedRun =
  | { readonly kind: 'counted'; readonly name: RunName }
  | { readonly kind: 'uncounted'; readonly name: RunName };

/** Names a run: with its provider if it counts. A repeated request is the same run, even if the person owns an instance only now. */
const createNameRun = (dependencies: StartOffboardingDependencies) => {
  const { findRun, stack } = dependencies;
  const counts = createCounts(dependencies);
  return async ({ name: provider }: IdentityProvider, run: PlannedRun): Promise<NamedRun | LambdaFailure> => {
    const counted = { kind: 'counted', name: runNameOf('event', { stack, ...run.cause, provider }) } as const;
    const uncounted = { kind: 'uncounted', name: runNameOf('event', { stack, ...run.cause }) } as const;
    const [named, otherwise] = (await counts(run)) ? [counted, uncounted] : [uncounted, counted];
    const earlier = await findRun(otherwise.name);
    if (earlier.kind === 'found') return otherwise;
    // Without Lambda's list nothing can be counted.
    return earlier.kind === 'unknown-run' || named.kind === 'uncounted' ? named : earlier;
  };
};

const createStartWithin = (dependencies: StartOffboardingDependencies) => {
  const { startRun, limit, metrics } = dependencies;
  const nameRun = createNameRun(dependencies);
  return async (provider: IdentityProvider, run: PlannedRun): Promise<RunStart | HeldBack> => {
    const named = await nameRun(provider, run);
    if (named.kind === 'uncounted') return startRun(named.name, run.request);
    if (named.kind !== 'counted') return named;

    const { name } = named;
    const admission = await limit.admit(provider, name);
    if (admission.kind !== 'admitted') {
      if (admission.kind === 'held-back') metrics.heldBack(provider, admission.retryAfter);
      return admission;
    }
    const started = await startRun(name, run.request);
    if (!('id' in started)) limit.release(name);
    return started;
  };
};

const outOfTime: LambdaFailure = { kind: 'unavailable', detail: 'There was no time left to start this run' };

export const createStartOffboarding = (dependencies: StartOffboardingDependencies): StartOffboarding => {
  const { metrics, log, limits, now } = dependencies;
  const start = createStartWithin(dependencies);

  return async (provider, report, untilMs = Number.POSITIVE_INFINITY) => {
    const planned = planRuns({ ...report, source: `${provider.kind} ${provider.name}` }, limits, new Date(now()));
    if (planned.kind === 'invalid') return planned;

    if (planned.problem !== undefined) metrics.unreadable(provider, planned.problem);
    const results: (RunStart | HeldBack)[] = [];
    for (const run of planned.runs) results.push(now() < untilMs ? await start(provider, run) : outOfTime);
    const runs = results.flatMap((result) => ('id' in result ? [result.id] : []));
    const worst = worstOf(results);
    log(worst === undefined ? 'INFO' : 'WARN', 'offboarding', {
      requestedBy: planned.requestedBy,
      runs,
      ...(worst && { failure: worst.kind, notStarted: results.length - runs.length }),
    });
    return worst ?? { kind: 'accepted', runs };
  };
};
