import * as v from 'valibot';
import { countOperations, type Durable, operationNames } from './operations.ts';
import { resultsOf, skippedOutcome } from './outcome.ts';
import { type BatchDependencies, createProcessBatch } from './process-batch.ts';
import { createProcessTarget, type ProcessTargetDependencies } from './process-target.ts';
import { type ForcedLogout, forcedLogoutSchema, type RunIdentity } from './request.ts';
import { type Resolved, skippedAtOnce } from './results.ts';
import { runRounds } from './rounds.ts';
import { RunFailure } from './run-failure.ts';
import { type Summary, summarize } from './summary.ts';
import { newTargetState } from './target-state.ts';
import { createFindTargets, type ResolveDependencies } from './targets.ts';

export type ForcedLogoutRunDependencies = ProcessTargetDependencies &
  ResolveDependencies &
  Omit<BatchDependencies, 'processTarget'>;

/** The durable execution of a run. */
export type Execution = {
  readonly runId: string;
  readonly durable: Durable;
  /** Time left in this invocation, in milliseconds. */
  readonly remainingMs: () => number;
};

const parseForcedLogout = (payload: unknown): ForcedLogout => {
  const parsed = v.safeParse(forcedLogoutSchema, payload);
  if (parsed.success) return parsed.output;
  // Only the names of the fields: their values are not checked, and may be secret.
  const fields = new Set(parsed.issues.map((issue) => (v.getDotPath(issue) ?? 'the whole').slice(0, 100)));
  throw new RunFailure('InvalidRun', `The payload is not a run: see ${[...fields].slice(0, 10).join(', ')}`);
};

const summarizeDryRun = (resolved: Resolved): Summary => {
  const outcomes = resolved.targets.map((id) => skippedOutcome(id, 'dry-run', 'dry run'));
  const results = resultsOf([...outcomes, ...skippedAtOnce(resolved)], resolved.unlisted);
  return summarize(results, 'a dry run: nobody was logged out');
};

/**
 * A run from its payload to its summary. Everything that could differ between two replays is in a step.
 *
 * @throws RunFailure, with the summary, unless every target is logged out and confirmed, or was skipped
 */
export const createForcedLogoutRun = (dependencies: ForcedLogoutRunDependencies) => {
  const findTargets = createFindTargets(dependencies);
  const processBatch = createProcessBatch({ ...dependencies, processTarget: createProcessTarget(dependencies) });
  const { now } = dependencies;

  return async (payload: unknown, { runId, durable, remainingMs }: Execution): Promise<Summary> => {
    const request = parseForcedLogout(payload);
    const operations = countOperations(durable);
    const startedAt = await operations.step(operationNames.start, async () => now().toISOString());
    const run: RunIdentity = { id: runId, request, startedAt };

    const resolved = await findTargets(operations, run);
    const skipped = skippedAtOnce(resolved);
    if (resolved.targets.length + skipped.length === 0)
      return summarize(resultsOf([]), 'no instance was found for the target');
    if (request.dryRun) return summarizeDryRun(resolved);

    const targetStates = resolved.targets.map(newTargetState);
    const outcomes = await runRounds(operations, (...batch) => processBatch(...batch, remainingMs), run, targetStates);
    const results = resultsOf([...outcomes, ...skipped], resolved.unlisted);
    const { failed, total } = results.progress;
    if (failed === 0) return summarize(results);
    throw new RunFailure('NotAllConfirmed', `${failed} of ${total} instances are not confirmed`, summarize(results));
  };
};
