import { createHash } from 'node:crypto';
import type { DurableContext, StepConfig } from '@aws/durable-execution-sdk-js';

/** What a run needs of the durable execution it is. */
export type Durable = Pick<DurableContext, 'step' | 'wait'>;

/** The operations of one execution, counted: Lambda allows 3,000. The count is the same on each replay. */
export type Operations = {
  readonly step: <Output>(name: string, act: () => Promise<Output>, retry?: RetryStrategy) => Promise<Output>;
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
    wait: async (name, seconds) => {
      used += 1;
      await durable.wait(name, { seconds });
    },
    used: () => used,
  };
};

/** Seconds to wait after the first, second, … round in a row that brought nothing. */
const firstWaits = [2, 4, 8, 15, 30, 60, 120, 240, 480];
/** Seconds to wait after later ones, or more if the rounds that are left must last longer. */
const laterWait = 15 * 60;
/** From this round on the waits grow even if each brings something: a state may waver for ever. */
const manyRounds = 12;

/** A number from 0 to 1 that is the same on each replay, and another for each run and round. */
const fractionOf = (runId: string, round: number): number =>
  createHash('sha256').update(`${runId}/${round}`).digest().readUInt32BE() / 2 ** 32;

export type RoundEnd = {
  readonly runId: string;
  /** The round that has just ended, from 1 on. */
  readonly round: number;
  /** How many rounds in a row, up to this one, brought nothing. */
  readonly roundsWithoutProgress: number;
  /** Until the run expires. */
  readonly leftMs: number;
  /** How many more rounds the operations of the execution suffice for. */
  readonly roundsLeft: number;
};

/** Whole seconds until the next round: ever longer, by chance up to a fifth shorter, never past the run's expiry. */
export const secondsToNextRound = ({ runId, round, roundsWithoutProgress, leftMs, roundsLeft }: RoundEnd): number => {
  const left = Math.max(1, Math.ceil(leftMs / 1_000));
  const growth = Math.max(0, roundsWithoutProgress - 1, round - manyRounds);
  const planned = firstWaits[growth] ?? Math.max(laterWait, Math.ceil(left / Math.max(1, roundsLeft)));
  return Math.min(left, planned - Math.floor((planned / 5) * fractionOf(runId, round)));
};
