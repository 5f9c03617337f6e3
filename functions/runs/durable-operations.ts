import { type DurableContext, type StepConfig, StepSemantics } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import * as v from 'valibot';

export type Durable = Pick<DurableContext, 'step' | 'wait'>;

/** A durable execution, as the function that it executes uses it. */
export type Execution = {
  readonly name: string;
  readonly durable: Durable;
  /** Time left for work in this invocation, in milliseconds. */
  readonly remainingMs: () => number;
};

/** The name of an execution is in its ARN: `…:function:NAME:VERSION/durable-execution/NAME/ID`. */
const nameOf = (executionArn: string): string =>
  executionArn.split('/durable-execution/')[1]?.split('/')[0] ?? executionArn;

const invocationSchema = v.object({ DurableExecutionArn: v.string() });

/** The name of the execution for which Lambda invokes a function; `undefined` if the event is of another kind. */
export const nameInInvocation = (event: unknown): string | undefined => {
  const { success, output } = v.safeParse(invocationSchema, event);
  return success ? nameOf(output.DurableExecutionArn) : undefined;
};

/** Time to publish what a step did and to write its checkpoint before Lambda's own limit, in milliseconds. */
const closingMs = 20_000;

const executionOf = (context: DurableContext): Execution => ({
  name: nameOf(context.executionContext.durableExecutionArn),
  durable: context,
  remainingMs: () => context.lambdaContext.getRemainingTimeInMillis() - closingMs,
});

/** Carries an execution out as a Lambda durable function. */
export const createDurableHandler = <Result>(execute: (payload: unknown, execution: Execution) => Promise<Result>) =>
  // Lambda repeats the step of an invocation that ran out of time. Middy's own limit would fail the whole execution instead.
  middy<unknown, Result, Error, DurableContext>({
    executionMode: executionModeDurableContext,
    timeoutEarlyInMillis: 0,
  }).handler((event, context) => execute(event, executionOf(context)));

/** The operations of one execution, counted, because Lambda allows 3,000. The count is the same on each replay. */
export type Operations = Pick<Execution, 'remainingMs'> & {
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

export const countOperations = ({ durable, remainingMs }: Omit<Execution, 'name'>): Operations => {
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
    remainingMs,
  };
};
