import { secondsToNextRound } from './backoff.ts';
import type { Operations } from './durable-operations.ts';
import { batchAt, batchSize, operationNames } from './operation-names.ts';
import type { Outcome } from './outcome.ts';
import type { BatchResult, ProcessBatch } from './process-batch.ts';
import type { RunIdentity } from './request.ts';
import { lastClass, type TargetState } from './target-state.ts';

/** Steps at once: a step lasts as long as its slowest instance, and the others must not wait for it. */
const batchesAtOnce = 4;
/**
 * Operations that a run spreads its rounds over. With many instances and a far expiry it stays below Lambda's limit of
 * 3,000, and its checkpoints stay small enough to be read again on each replay.
 */
const operationsForRounds = 600;

/** Processes one batch within the invocation. */
type ProcessHere = (...batch: DropLast<Parameters<ProcessBatch>>) => Promise<BatchResult>;
type DropLast<List extends readonly unknown[]> = List extends readonly [...infer Rest, unknown] ? Rest : never;

const inBatches = (targetStates: readonly TargetState[]): readonly (readonly TargetState[])[] =>
  Array.from({ length: Math.ceil(targetStates.length / batchSize) }, (_, index) => batchAt(targetStates, index + 1));

const isOpen = (outcome: Outcome | TargetState): outcome is TargetState =>
  outcome.kind === 'pending' && 'retry' in outcome;

const processRound = async (
  operations: Operations,
  processBatch: ProcessHere,
  run: RunIdentity,
  round: number,
  open: readonly TargetState[],
): Promise<readonly BatchResult[]> => {
  const results: BatchResult[] = [];
  const batches = inBatches(open);
  while (results.length < batches.length) {
    const done = results.length;
    const steps = batches.slice(done, done + batchesAtOnce).map((batch, index) => {
      const name = operationNames.round(round, done + index + 1);
      return operations.repeatableStep(name, (isRepeated) => processBatch(run, round, batch, isRepeated));
    });
    results.push(...(await Promise.all(steps)));
    // After a wait the next invocation has Lambda's full time limit again.
    const isShort = results.length < batches.length && results.slice(done).some(({ timeIsShort }) => timeIsShort);
    if (isShort) await operations.wait(operationNames.rest(round, results.length), 1);
  }
  return results;
};

/** An instance that only lacks its next reading is worth an early round too. */
const hasProgress = (before: readonly TargetState[], open: readonly TargetState[]): boolean =>
  open.length < before.length || open.some((target) => lastClass(target) === 'out');

const wasRateLimited = (outcome: Outcome | TargetState): boolean =>
  isOpen(outcome) && outcome.retry.wasRateLimited === true;

const waitAfterRound = async (
  operations: Operations,
  run: RunIdentity,
  results: readonly BatchResult[],
  roundsWithoutProgress: number,
): Promise<void> => {
  const round = results[0]?.round ?? 1;
  const endedAtMs = Math.max(...results.map(({ at }) => Date.parse(at)));
  const seconds = secondsToNextRound({
    runId: run.id,
    round,
    roundsWithoutProgress,
    leftMs: Date.parse(run.expiresAt) - endedAtMs,
    roundsLeft: Math.floor((operationsForRounds - operations.used()) / (results.length + 1)),
    wasRateLimited: results.some(({ targetStates }) => targetStates.some(wasRateLimited)),
  });
  await operations.wait(operationNames.waitAfterRound(round), seconds);
};

/** Processes the open targets round after round, until none is left: at the latest when the run expires. */
export const runRounds = async (
  operations: Operations,
  processBatch: ProcessHere,
  run: RunIdentity,
  targetStates: readonly TargetState[],
): Promise<readonly Outcome[]> => {
  const decided: Outcome[] = [];
  let open = targetStates;
  let roundsWithoutProgress = 0;
  for (let round = 1; open.length > 0; round += 1) {
    const results = await processRound(operations, processBatch, run, round, open);
    const next = results.flatMap((result) => result.targetStates);
    const stillOpen = next.filter(isOpen);
    decided.push(...next.filter((outcome) => !isOpen(outcome)));
    if (stillOpen.length === 0) break;
    roundsWithoutProgress = hasProgress(open, stillOpen) ? 0 : roundsWithoutProgress + 1;
    open = stillOpen;
    await waitAfterRound(operations, run, results, roundsWithoutProgress);
  }
  return decided;
};
