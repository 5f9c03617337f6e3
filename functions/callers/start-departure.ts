import { isOwnedBy } from '../instances/directory.ts';
import type { ReadOwners } from '../instances/read-owners.ts';
import type { Departure, Invalid } from '../offboarding/dialect.ts';
import { type PlannedRun, planRuns } from '../offboarding/plan-runs.ts';
import type { Log } from '../platform/log.ts';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { RunStart, StartRun } from '../runs/lambda/start-run.ts';
import type { RunLimits } from '../runs/request.ts';
import { type RunName, runNameOf } from '../runs/run-name.ts';
import type { CallerMetrics } from './caller-metrics.ts';
import type { DepartureLimit, HeldBack } from './departure-limit.ts';
import type { NamedCaller } from './named-callers.ts';

export type DepartureResult =
  /** A run goes by each of these names, by this request or by an earlier one. */
  { readonly kind: 'accepted'; readonly runs: readonly RunName[] } | HeldBack | LambdaFailure | Invalid;

/** Starts a run for each person of a departure that a named caller reports, within the limits of that caller. */
export type StartDeparture = (caller: NamedCaller, departure: Departure) => Promise<DepartureResult>;

export type StartDepartureDependencies = {
  readonly startRun: StartRun;
  readonly limit: DepartureLimit;
  readonly readOwners: ReadOwners;
  readonly metrics: Pick<CallerMetrics, 'heldBack' | 'unreadable'>;
  readonly log: Log;
  /** The deployment, part of the name of each run. */
  readonly stack: string;
  readonly limits: RunLimits;
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

export const createStartDeparture = (dependencies: StartDepartureDependencies): StartDeparture => {
  const { startRun, limit, readOwners, metrics, log, stack, limits } = dependencies;

  /** Only a list of owners that was read, and does not name the person, says that they own no instance. */
  const mayOwnInstance = async ({ request: { target } }: PlannedRun): Promise<boolean> => {
    const reading = await within(readingTimeMs, readOwners());
    if (reading?.kind !== 'owners' || !('owner' in target)) return true;
    return reading.owners.some((identities) => isOwnedBy({ owner: identities.join(' ') }, target.owner));
  };

  const start = async (caller: NamedCaller, run: PlannedRun): Promise<RunStart | HeldBack> => {
    // The run is started anyway: an instance may have been tagged a moment ago. It does not count, so its name has no caller.
    if (!(await mayOwnInstance(run))) return startRun(runNameOf('event', { stack, ...run.cause }), run.request);

    const name = runNameOf('event', { stack, ...run.cause, caller: caller.name });
    const admission = await limit.admit(caller, name);
    if (admission.kind !== 'admitted') {
      if (admission.kind === 'held-back') metrics.heldBack(caller, admission.retryAfter);
      return admission;
    }
    const started = await startRun(name, run.request);
    if (!('id' in started)) limit.release(name);
    return started;
  };

  return async (caller, departure) => {
    const planned = planRuns({ ...departure, source: `${caller.kind} ${caller.name}` }, limits);
    if (planned.kind === 'invalid') return planned;

    if (planned.problem !== undefined) metrics.unreadable(caller, planned.problem);
    const results: (RunStart | HeldBack)[] = [];
    for (const run of planned.runs) results.push(await start(caller, run));
    const runs = results.flatMap((result) => ('id' in result ? [result.id] : []));
    const worst = worstOf(results);
    log(worst === undefined ? 'INFO' : 'WARN', 'offboarding', {
      requestedBy: planned.requestedBy,
      runs,
      ...(worst && { failure: worst.kind }),
    });
    return worst ?? { kind: 'accepted', runs };
  };
};
