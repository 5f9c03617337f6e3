import { type RoundEnd, secondsToNextRound } from '../platform/backoff.ts';
import type { Operations } from './durable-operations.ts';
import { batchAt, batchSize, type Look, roundNames } from './operation-names.ts';
import type { Outcome } from './outcome.ts';
import type { BatchResult, ProcessBatch } from './process-batch.ts';
import { oldTokenTestAtMs } from './process-target.ts';
import type { RunIdentity } from './request.ts';
import { lastClass, type TargetState } from './target-state.ts';

/** Steps at once: a step lasts as long as its slowest instance, and the others must not wait for it. */
const batchesAtOnce = 4;
/**
 * Operations that a run spreads its rounds over. With many instances and a far expiry it stays below Lambda's limit of
 * 3,000, and its checkpoints stay small enough to be read again on each replay.
 */
const operationsForRounds = 600;

/** Some rounds of a run, all with the same names. */
export type Stage = {
  readonly run: RunIdentity;
  readonly look: Look;
  /** No round begins at or after this instant, in milliseconds since 1970: what is open then stays open. */
  readonly untilMs: number;
};

export type RoundsEnd = {
  readonly decided: readonly Outcome[];
  readonly open: readonly TargetState[];
  /** Milliseconds since 1970; missing if there was no round. */
  readonly atMs?: number;
};

const inBatches = (targetStates: readonly TargetState[]): readonly (readonly TargetState[])[] =>
  Array.from({ length: Math.ceil(targetStates.length / batchSize) }, (_, index) => batchAt(targetStates, index + 1));

const isOpen = (outcome: Outcome | TargetState): outcome is TargetState =>
  outcome.kind === 'pending' && 'retry' in outcome;

const processRound = async (
  operations: Operations,
  processBatch: ProcessBatch,
  { run, look }: Stage,
  round: number,
  open: readonly TargetState[],
): Promise<readonly BatchResult[]> => {
  const results: BatchResult[] = [];
  const batches = inBatches(open);
  while (results.length < batches.length) {
    const done = results.length;
    const steps = batches.slice(done, done + batchesAtOnce).map((batch, index) => {
      const name = roundNames[look].round(round, done + index + 1);
      return operations.repeatableStep(name, (isRepeated) =>
        processBatch(run, round, batch, isRepeated, operations.remainingMs),
      );
    });
    results.push(...(await Promise.all(steps)));
    // After a wait the next invocation has Lambda's full time limit again.
    const isShort = results.length < batches.length && results.slice(done).some(({ timeIsShort }) => timeIsShort);
    if (isShort) await operations.wait(roundNames[look].rest(round, results.length), 1);
  }
  return results;
};

/** Whether GREEN-API accepted the first logout of an instance in this round. */
const wasLoggedOut = (before: readonly TargetState[], open: readonly TargetState[]): boolean => {
  const accepted = new Set(
    before.filter(({ retry }) => retry.acceptedAt !== undefined).map(({ idInstance }) => idInstance),
  );
  return open.some(({ idInstance, retry }) => retry.acceptedAt !== undefined && !accepted.has(idInstance));
};

/** An instance that only lacks its next reading is worth an early round too. */
const hasProgress = (before: readonly TargetState[], open: readonly TargetState[]): boolean =>
  open.length < before.length ||
  open.some((target) => lastClass(target) === 'out' && target.retry.rotatedAt === undefined);

/** Until the next thing to do, in seconds, if all that is left is to test old tokens; else 0. */
const secondsToOldTokens = (open: readonly TargetState[], nowMs: number): number => {
  const testsAtMs = open.map(({ retry }) =>
    retry.rotatedAt === undefined ? nowMs : oldTokenTestAtMs(retry.rotatedAt),
  );
  return Math.max(0, Math.ceil((Math.min(...testsAtMs) - nowMs) / 1_000));
};

const wasRateLimited = (outcome: Outcome | TargetState): boolean =>
  isOpen(outcome) && outcome.retry.wasRateLimited === true;

const endOf = (results: readonly BatchResult[]): number => Math.max(...results.map(({ at }) => Date.parse(at)));

/** Waits for the next round, but not past the end of the stage. @returns when the wait ends, in milliseconds since 1970 */
const waitAfterRound = async (
  operations: Operations,
  { run, look, untilMs, lastOperation }: Stage & { readonly lastOperation: number },
  results: readonly BatchResult[],
  progress: Pick<RoundEnd, 'roundsWithoutProgress' | 'wasLoggedOut' | 'leastSeconds'>,
): Promise<number> => {
  const round = results[0]?.round ?? 1;
  const endedAtMs = endOf(results);
  if (endedAtMs >= untilMs) return endedAtMs;
  const seconds = secondsToNextRound({
    runId: run.id,
    round,
    ...progress,
    leftMs: Math.min(Date.parse(run.expiresAt), untilMs) - endedAtMs,
    roundsLeft: Math.floor((lastOperation - operations.used()) / (results.length + 1)),
    wasRateLimited: results.some(({ targetStates }) => targetStates.some(wasRateLimited)),
  });
  await operations.wait(roundNames[look].waitAfterRound(round), seconds);
  return endedAtMs + seconds * 1_000;
};

/** Processes the open targets round after round, until none is left or the stage ends: at the latest when the run expires. */
export const runRounds = async (
  operations: Operations,
  processBatch: ProcessBatch,
  stage: Stage,
  targetStates: readonly TargetState[],
): Promise<RoundsEnd> => {
  const decided: Outcome[] = [];
  const lastOperation = operations.used() + operationsForRounds;
  let open = targetStates;
  let roundsWithoutProgress = 0;
  let atMs: number | undefined;
  for (let round = 1; open.length > 0 && (atMs ?? 0) < stage.untilMs; round += 1) {
    const results = await processRound(operations, processBatch, stage, round, open);
    const next = results.flatMap((result) => result.targetStates);
    const stillOpen = next.filter(isOpen);
    decided.push(...next.filter((outcome) => !isOpen(outcome)));
    atMs = endOf(results);
    const isFirstPause = wasLoggedOut(open, stillOpen);
    roundsWithoutProgress = isFirstPause || hasProgress(open, stillOpen) ? 0 : roundsWithoutProgress + 1;
    open = stillOpen;
    const leastSeconds = secondsToOldTokens(open, atMs);
    const progress = { roundsWithoutProgress, wasLoggedOut: isFirstPause, leastSeconds };
    if (open.length > 0) atMs = await waitAfterRound(operations, { ...stage, lastOperation }, results, progress);
  }
  return { decided, open, ...(atMs !== undefined && { atMs }) };
};
