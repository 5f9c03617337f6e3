import type { BatchResult } from './batch.ts';
import type { Course } from './course.ts';
import type { RunIdentity } from './evidence-of.ts';
import type { Operations } from './operations.ts';
import type { Outcome } from './outcome.ts';
import { secondsToNextRound } from './pace-of-rounds.ts';
import { operationNames } from './progress.ts';

/** One step handles as many: their courses fit into one checkpoint, and their calls into one invocation. */
const batchSize = 200;
/**
 * Operations a run spreads its rounds over, so that one with many instances and a far expiry stays below Lambda's limit
 * of 3,000, and what it has written so far stays small enough to be read again on each replay.
 */
const operationsForRounds = 600;

export type HandleBatch = (run: RunIdentity, round: number, batch: readonly Course[]) => Promise<BatchResult>;

const inBatches = (courses: readonly Course[]): readonly (readonly Course[])[] =>
  Array.from({ length: Math.ceil(courses.length / batchSize) }, (_, index) =>
    courses.slice(index * batchSize, (index + 1) * batchSize),
  );

const isOpen = (outcome: Outcome | Course): outcome is Course => outcome.kind === 'pending' && 'trail' in outcome;

const handleRound = async (
  operations: Operations,
  handleBatch: HandleBatch,
  run: RunIdentity,
  round: number,
  open: readonly Course[],
): Promise<readonly BatchResult[]> => {
  const results: BatchResult[] = [];
  const batches = inBatches(open);
  for (const [index, batch] of batches.entries()) {
    const number = index + 1;
    const result = await operations.step(operationNames.round(round, number), () => handleBatch(run, round, batch));
    results.push(result);
    // The next invocation has Lambda's whole time again.
    if (result.timeIsShort && number < batches.length) await operations.wait(operationNames.rest(round, number), 1);
  }
  return results;
};

/** Round after round over what is still open, until nothing is: at the latest when the run expires. */
export const goThroughRounds = async (
  operations: Operations,
  handleBatch: HandleBatch,
  run: RunIdentity,
  courses: readonly Course[],
): Promise<readonly Outcome[]> => {
  const decided: Outcome[] = [];
  let open = courses;
  for (let round = 1; open.length > 0; round += 1) {
    const results = await handleRound(operations, handleBatch, run, round, open);
    const now = results.flatMap((result) => result.courses);
    decided.push(...now.filter((outcome) => !isOpen(outcome)));
    open = now.filter(isOpen);
    if (open.length === 0) break;

    const endedAt = results.at(-1)?.at ?? run.startedAt;
    const seconds = secondsToNextRound({
      runId: run.id,
      round,
      leftMs: Date.parse(run.request.expiresAt) - Date.parse(endedAt),
      roundsLeft: Math.floor((operationsForRounds - operations.used()) / (results.length + 1)),
    });
    await operations.wait(operationNames.waitAfterRound(round), seconds);
  }
  return decided;
};
