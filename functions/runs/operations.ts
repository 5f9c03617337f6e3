import { createHash } from 'node:crypto';
import { type DurableContext, type StepConfig, StepSemantics } from '@aws/durable-execution-sdk-js';

/** What a run uses of its durable execution. */
export type Durable = Pick<DurableContext, 'step' | 'wait'>;

/** A durable execution, as the function that it executes uses it. */
export type Execution = {
  readonly name: string;
  readonly durable: Durable;
  /** Time left in this invocation, in milliseconds. */
  readonly remainingMs: () => number;
};

/** The name of an execution is in its ARN: `…:function:NAME:VERSION/durable-execution/NAME/ID`. */
const nameOf = (executionArn: string): string =>
  executionArn.split('/durable-execution/')[1]?.split('/')[0] ?? executionArn;

export const executionOf = (context: DurableContext): Execution => ({
  name: nameOf(context.executionContext.durableExecutionArn),
  durable: context,
  remainingMs: () => context.lambdaContext.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY,
});

/** The operations of one execution, counted, because Lambda allows 3,000. The count is the same on each replay. */
export type Operations = {
  readonly step: <Output>(name: string, act: () => Promise<Output>, retry?: RetryStrategy) => Promise<Output>;
  /**
   * A step that is repeated if its process dies, and then knows it: an earlier attempt may have done anything, or nothing.
   *
   * @param act must not reject
   */
  readonly repeatableStep: <Output>(name: string, act: (isRepeated: boolean) => Promise<Output>) => Promise<Output>;
  /** @param seconds whole, and at least 1 */
  readonly wait: (name: string, seconds: number) => Promise<void>;
  readonly used: () => number;
};

type RetryStrategy = NonNullable<StepConfig<unknown>['retryStrategy']>;

export const countOperations = (durable: Durable): Operations => {
  let used = 0;
  return {
    step: async (name, act, retryStrategy) => {
      used += 1;
      return durable.step(name, act, retryStrategy && { retryStrategy });
    },
    repeatableStep: async (name, act) => {
      used += 1;
      return durable.step(name, ({ attempt }) => act(attempt > 1), {
        // The start of each attempt is on record before it acts, so that the next one is counted as another.
        semantics: StepSemantics.AtMostOncePerRetry,
        retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }),
      });
    },
    wait: async (name, seconds) => {
      used += 1;
      await durable.wait(name, { seconds });
    },
    used: () => used,
  };
};

/** Seconds to wait after the first, second, … round in a row without progress. */
const firstWaits = [2, 4, 8, 15, 30, 60, 120, 240, 480];
/** Seconds to wait after later rounds; more if the rounds that are left must cover a longer time. */
const laterWait = 15 * 60;
/** From this round on the waits grow even if each round makes progress, because a state may alternate forever. */
const manyRounds = 12;

/** A number from 0 to 1: the same on each replay, different for each run and round. */
const fractionOf = (runId: string, round: number): number =>
  createHash('sha256').update(`${runId}/${round}`).digest().readUInt32BE() / 2 ** 32;

export type RoundEnd = {
  readonly runId: string;
  /** The round that has just ended, from 1 on. */
  readonly round: number;
  /** How many rounds in a row, up to this one, made no progress. */
  readonly roundsWithoutProgress: number;
  /** Time until the run expires, in milliseconds. */
  readonly leftMs: number;
  /** How many more rounds the execution has operations for. */
  readonly roundsLeft: number;
  /** GREEN-API answered 429 in this round. */
  readonly wasRateLimited?: boolean;
};

/**
 * Other runs over the same instances come back at other seconds of this time after a 429: GREEN-API allows one call per second and
 * instance, and each process keeps that limit for itself alone.
 */
const rateLimitedSpread = 15;

/** Whole seconds until the next round, with a jitter of up to a fifth, and never past the run's expiry. */
export const secondsToNextRound = (end: RoundEnd): number => {
  const { runId, round, roundsWithoutProgress, leftMs, roundsLeft, wasRateLimited = false } = end;
  const left = Math.max(1, Math.ceil(leftMs / 1_000));
  const growth = Math.max(0, roundsWithoutProgress - 1, round - manyRounds);
  const planned = firstWaits[growth] ?? Math.max(laterWait, Math.ceil(left / Math.max(1, roundsLeft)));
  const fraction = fractionOf(runId, round);
  const spread = wasRateLimited ? Math.ceil(rateLimitedSpread * fraction) : 0;
  return Math.min(left, planned - Math.floor((planned / 5) * fraction) + spread);
};

/** Applies `act` to every item, at most `limit` at once, and keeps their order. `act` must not reject: the other results would be lost. */
export const inParallel = async <Item, Result>(
  limit: number,
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const queue = items.entries();
  const work = async () => {
    for (const [index, item] of queue) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
};
