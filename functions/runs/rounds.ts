import type { Operations } from './operations.ts';
import { secondsToNextRound } from './operations.ts';
import type { Outcome } from './outcome.ts';
import type { BatchResult } from './process-batch.ts';
import type { RunIdentity } from './request.ts';
import { operationNames } from './results.ts';
import { type Course, lastState } from './target-state.ts';

/** One step handles as many: their courses fit into one checkpoint, and their calls into one invocation. */
const batchSize = 200;
/** A batch lasts as long as its slowest instance: others go on meanwhile. */
const batchesAtOnce = 4;
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
  while (results.length < batches.length) {
    const done = results.length;
    const turn = batches.slice(done, done + batchesAtOnce).map((batch, index) => {
      const name = operationNames.round(round, done + index + 1);
      return operations.step(name, () => handleBatch(run, round, batch));
    });
    results.push(...(await Promise.all(turn)));
    // The next invocation has Lambda's whole time again.
    const isShort = results.length < batches.length && results.slice(done).some(({ timeIsShort }) => timeIsShort);
    if (isShort) await operations.wait(operationNames.rest(round, results.length), 1);
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
  let barren = 0;
  for (let round = 1; open.length > 0; round += 1) {
    const results = await handleRound(operations, handleBatch, run, round, open);
    const now = results.flatMap((result) => result.courses);
    const before = open.length;
    decided.push(...now.filter((outcome) => !isOpen(outcome)));
    open = now.filter(isOpen);
    if (open.length === 0) break;
    // What lacks only its second reading is worth coming back for soon.
    const broughtSomething = open.length < before || open.some((course) => lastState(course) === 'notAuthorized');
    barren = broughtSomething ? 0 : barren + 1;

    const endedAt = Math.max(...results.map(({ at }) => Date.parse(at)));
    const seconds = secondsToNextRound({
      runId: run.id,
      round,
      barren,
      leftMs: Date.parse(run.request.expiresAt) - endedAt,
      roundsLeft: Math.floor((operationsForRounds - operations.used()) / (results.length + 1)),
    });
    await operations.wait(operationNames.waitAfterRound(round), seconds);
  }
  return decided;
};
