import type { DurableContext, StepConfig } from '@aws/durable-execution-sdk-js';

/** What a run uses of its durable execution. */
export type Durable = Pick<DurableContext, 'step' | 'wait'>;

/**
 * The operations of a run, in their order, so that its history reads as a story. It waits until `at`, for tags that the list
 * may not show yet, and after each round. `resolve` is retried while Secrets Manager gives no answer.
 */
export const operationNames = {
  start: 'start',
  waitForAt: 'wait-for-at',
  resolve: 'resolve',
  waitForTags: 'wait-for-late-tags',
  resolveAgain: 'resolve-again',
  round: (round: number, batch: number) => `round-${round}-batch-${batch}`,
  rest: (round: number, batch: number) => `rest-after-round-${round}-batch-${batch}`,
  waitAfterRound: (round: number) => `wait-after-round-${round}`,
} as const;

/** The operations of one execution, counted, because Lambda allows 3,000. The count is the same on each replay. */
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
