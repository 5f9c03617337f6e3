import * as v from 'valibot';
import { countOperations, type Durable } from './operations.ts';
import { resultsOf, skippedOutcome } from './outcome.ts';
import { type BatchDependencies, createProcessBatch } from './process-batch.ts';
import { createProcessTarget, type ProcessTargetDependencies } from './process-target.ts';
import { type ForcedLogout, forcedLogoutSchema } from './request.ts';
import { operationNames, type Summary, skippedAtOnce, summarize } from './results.ts';
import { runRounds } from './rounds.ts';
import { RunFailure } from './run-failure.ts';
import { newTargetState } from './target-state.ts';
import type { ResolveDependencies } from './targets.ts';
import { createFindTargets } from './targets.ts';

export type ForcedLogoutRunDependencies = ProcessTargetDependencies &
  ResolveDependencies &
  Omit<BatchDependencies, 'processTarget'>;

/** The execution that a run is. */
export type Execution = {
  readonly runId: string;
  readonly durable: Durable;
  /** What is left of this invocation, in milliseconds. */
  readonly remainingMs: () => number;
};

const parseForcedLogout = (payload: unknown): ForcedLogout => {
  const parsed = v.safeParse(forcedLogoutSchema, payload);
  if (parsed.success) return parsed.output as ForcedLogout;
  // The names of the fields alone: what stands in them is nobody's word yet.
  const fields = new Set(parsed.issues.map((issue) => (v.getDotPath(issue) ?? 'the whole').slice(0, 100)));
  throw new RunFailure('InvalidRun', `The payload is not a run: see ${[...fields].slice(0, 10).join(', ')}`);
};

/**
 * A run from its payload to its summary. Everything that could differ from one replay to the next is in a step.
 *
 * @throws RunFailure, with the summary, unless every instance was logged out and confirmed, or was to be left alone
 */
export const createForcedLogoutRun = (dependencies: ForcedLogoutRunDependencies) => {
  const findTargets = createFindTargets(dependencies);
  const processBatch = createProcessBatch({ ...dependencies, processTarget: createProcessTarget(dependencies) });
  const { now } = dependencies;

  return async (payload: unknown, { runId, durable, remainingMs }: Execution): Promise<Summary> => {
    const request = parseForcedLogout(payload);
    const operations = countOperations(durable);
    const startedAt = await operations.step(operationNames.start, async () => now().toISOString());
    const run = { id: runId, request, startedAt };

    const resolved = await findTargets(operations, run);
    const { targets, unlisted } = resolved;
    const skipped = skippedAtOnce(resolved);
    if (targets.length + skipped.length === 0) return summarize(resultsOf([]), 'no instance was found for the target');
    if (request.dryRun) {
      const spared = targets.map((id) => skippedOutcome(id, 'dry run'));
      return summarize(resultsOf([...spared, ...skipped], unlisted), 'a dry run: nothing was touched');
    }

    const targetStates = targets.map(newTargetState);
    const outcomes = await runRounds(operations, (...batch) => processBatch(...batch, remainingMs), run, targetStates);
    const results = resultsOf([...outcomes, ...skipped], unlisted);
    const { failed, total } = results.progress;
    if (failed === 0) return summarize(results);
    throw new RunFailure('NotAllConfirmed', `${failed} of ${total} instances are not confirmed`, summarize(results));
  };
};
