import type { Operations } from './operations.ts';
import { secondsToNextRound } from './operations.ts';
import type { Outcome } from './outcome.ts';
import type { BatchResult } from './process-batch.ts';
import type { RunIdentity } from './request.ts';
import { operationNames } from './results.ts';
import { lastState, type TargetState } from './target-state.ts';

/** One step handles as many: their target states fit into one checkpoint, and their calls into one invocation. */
const batchSize = 200;
/** A batch lasts as long as its slowest instance: others go on meanwhile. */
const batchesAtOnce = 4;
/**
 * Operations a run spreads its rounds over, so that one with many instances and a far expiry stays below Lambda's limit
 * of 3,000, and what it has written so far stays small enough to be read again on each replay.
 */
const operationsForRounds = 600;

export type ProcessBatch = (run: RunIdentity, round: number, batch: readonly TargetState[]) => Promise<BatchResult>;

const inBatches = (targetStates: readonly TargetState[]): readonly (readonly TargetState[])[] =>
  Array.from({ length: Math.ceil(targetStates.length / batchSize) }, (_, index) =>
    targetStates.slice(index * batchSize, (index + 1) * batchSize),
  );

const isOpen = (outcome: Outcome | TargetState): outcome is TargetState =>
  outcome.kind === 'pending' && 'retry' in outcome;

const processRound = async (
  operations: Operations,
  processBatch: ProcessBatch,
  run: RunIdentity,
  round: number,
  open: readonly TargetState[],
): Promise<readonly BatchResult[]> => {
  const results: BatchResult[] = [];
  const batches = inBatches(open);
  while (results.length < batches.length) {
    const done = results.length;
    const turn = batches.slice(done, done + batchesAtOnce).map((batch, index) => {
      const name = operationNames.round(round, done + index + 1);
      return operations.step(name, () => processBatch(run, round, batch));
    });
    results.push(...(await Promise.all(turn)));
    // The next invocation has Lambda's whole time again.
    const isShort = results.length < batches.length && results.slice(done).some(({ timeIsShort }) => timeIsShort);
    if (isShort) await operations.wait(operationNames.rest(round, results.length), 1);
  }
  return results;
};

/** Round after round over what is still open, until nothing is: at the latest when the run expires. */
export const runRounds = async (
  operations: Operations,
  processBatch: ProcessBatch,
  run: RunIdentity,
  targetStates: readonly TargetState[],
): Promise<readonly Outcome[]> => {
  const decided: Outcome[] = [];
  let open = targetStates;
  let roundsWithoutProgress = 0;
  for (let round = 1; open.length > 0; round += 1) {
    const results = await processRound(operations, processBatch, run, round, open);
    const now = results.flatMap((result) => result.targetStates);
    const before = open.length;
    decided.push(...now.filter((outcome) => !isOpen(outcome)));
    open = now.filter(isOpen);
    if (open.length === 0) break;
    // What lacks only its second reading is worth coming back for soon.
    const madeProgress = open.length < before || open.some((targetState) => lastState(targetState) === 'notAuthorized');
    roundsWithoutProgress = madeProgress ? 0 : roundsWithoutProgress + 1;

    const endedAt = Math.max(...results.map(({ at }) => Date.parse(at)));
    const seconds = secondsToNextRound({
      runId: run.id,
      round,
      roundsWithoutProgress,
      leftMs: Date.parse(run.request.expiresAt) - endedAt,
      roundsLeft: Math.floor((operationsForRounds - operations.used()) / (results.length + 1)),
    });
    await operations.wait(operationNames.waitAfterRound(round), seconds);
  }
  return decided;
};
