import type { Operations } from './operations.ts';
import { secondsToNextRound } from './pace-of-rounds.ts';
import { operationNames, type Resolved } from './progress.ts';
import type { ForcedLogout } from './request.ts';
import { createResolve, NotResolvedYet, type Resolution, type ResolveDependencies } from './resolve.ts';
import { RunFailure } from './run-failure.ts';
import type { RunIdentity } from './run-identity.ts';

/** A new tag may take this long to show in a list, in seconds. */
const listLagSeconds = 5 * 60;
/** How often `resolve` may be tried before its waits are stretched; AWS may count each try as an operation. */
const triesOfResolve = 300;

const foundNothing = ({ targets, excepted, protected: guarded }: Resolved): boolean =>
  targets.length + excepted.length + guarded.length === 0;

const failureOf = (
  resolution: Exclude<Resolution, Resolved>,
  { expiresAt, maxTargets }: Pick<ForcedLogout, 'expiresAt' | 'maxTargets'>,
): RunFailure => {
  switch (resolution.kind) {
    case 'expired':
      return new RunFailure('RunExpired', `The run expired at ${expiresAt} and touched nothing`);
    case 'list-denied':
      return new RunFailure('ListDenied', `The instances cannot be listed: ${resolution.reason}; nothing was touched`);
    case 'too-many':
      return new RunFailure(
        'TooManyTargets',
        `There were ${resolution.found} targets and maxTargets is ${maxTargets}; nothing was touched`,
      );
  }
};

/** Waits for `at`, then finds the targets: for as long as the run may act, if Secrets Manager cannot be asked. */
export const createFindTargets = (dependencies: ResolveDependencies) => {
  const resolve = createResolve(dependencies);
  const { now } = dependencies;

  const resolveIn = async (operations: Operations, name: string, run: RunIdentity): Promise<Resolved> => {
    const resolution = await operations.step(
      name,
      () => resolve(run),
      (error, attempt) => {
        const leftMs = Date.parse(run.request.expiresAt) - now().getTime();
        const tries = { round: attempt, barren: attempt, roundsLeft: triesOfResolve };
        const seconds = secondsToNextRound({ runId: run.id, leftMs, ...tries });
        return { shouldRetry: error instanceof NotResolvedYet, delay: { seconds } };
      },
    );
    if (resolution.kind === 'resolved') return resolution;
    throw failureOf(resolution, run.request);
  };

  const waitForAt = async (operations: Operations, { startedAt, request: { at, expiresAt } }: RunIdentity) => {
    const end = Math.min(Date.parse(at ?? startedAt), Date.parse(expiresAt));
    const seconds = Math.ceil((end - Date.parse(startedAt)) / 1_000);
    if (seconds > 0) await operations.wait(operationNames.waitForAt, seconds);
  };

  return async (operations: Operations, run: RunIdentity): Promise<Resolved> => {
    await waitForAt(operations, run);
    const first = await resolveIn(operations, operationNames.resolve, run);
    if (!foundNothing(first) || !('owner' in run.request.target)) return first;

    await operations.wait(operationNames.waitForTags, listLagSeconds);
    return resolveIn(operations, operationNames.resolveAgain, run);
  };
};
