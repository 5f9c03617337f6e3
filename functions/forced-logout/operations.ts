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
