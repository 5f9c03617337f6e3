import {
  type LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  type ListDurableExecutionsByFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';

/**
 * Status of an execution as Lambda reports it, such as `RUNNING` or `PAUSED`. It is open text, because AWS adds new ones
 * (https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html).
 */
export type RunStatus = string;

const foundSchema = v.pipe(
  v.object({
    DurableExecutionArn: v.string(),
    Status: v.string(),
    StartTimestamp: v.date(),
    EndTimestamp: v.optional(v.date()),
  }),
  v.transform(({ DurableExecutionArn: arn, Status: status, StartTimestamp: startedAt, EndTimestamp: endedAt }) => ({
    kind: 'found' as const,
    arn,
    status,
    startedAt,
    endedAt,
  })),
);

/** `arn` is that of the execution, which all other calls about it need. */
export type FoundRun = Readonly<v.InferOutput<typeof foundSchema>>;

export type UnknownRun = { readonly kind: 'unknown-run' };

/** Finds a run, or a watch, by its name. */
export type FindRun = (name: string) => Promise<FoundRun | UnknownRun | LambdaFailure>;

/** A durable function, by name or ARN. */
export type DurableFunction = { readonly client: Pick<LambdaClient, 'send'>; readonly functionName: string };

/** What reads or stops an execution that is found by its name. */
export type Finder = Pick<DurableFunction, 'client'> & { readonly findRun: FindRun };

/** Time for reading pages, in milliseconds: all but the last may be empty. */
const readingTimeMs = 10_000;
/** Retry pauses before looking again, in milliseconds. Lambda's list may lag: a run that has just started is not in it yet. */
const listLagWaitsMs = [500, 1_000, 1_500, 2_000];

export const listExecutions = (
  { client, functionName: FunctionName }: DurableFunction,
  query: Omit<ListDurableExecutionsByFunctionCommandInput, 'FunctionName'>,
) => client.send(new ListDurableExecutionsByFunctionCommand({ FunctionName, ...query }));

export const listFailureOf = (error: unknown): LambdaFailure =>
  lambdaFailureOf(error, 'lambda:ListDurableExecutionsByFunction');

/** Looks for a run once: one that has just started may not be listed yet. */
export const createFindRunOnce =
  (durableFunction: DurableFunction): FindRun =>
  async (name) => {
    const end = performance.now() + readingTimeMs;
    let Marker: string | undefined;
    try {
      do {
        const page = await listExecutions(durableFunction, { DurableExecutionName: name, Marker });
        // Lambda documents a filter by matching names, not by equal ones.
        const execution = page.DurableExecutions?.find(({ DurableExecutionName }) => DurableExecutionName === name);
        if (execution !== undefined) return v.parse(foundSchema, execution);
        Marker = page.NextMarker;
      } while (Marker !== undefined && performance.now() < end);
    } catch (error) {
      return listFailureOf(error);
    }
    return Marker === undefined
      ? { kind: 'unknown-run' }
      : { kind: 'unavailable', detail: 'Lambda: the list of runs was too long to read in time' };
  };

/** Looks for a run again for about five seconds before it is called unknown. */
export const createFindRun = (
  dependencies: DurableFunction & { readonly sleep: (ms: number) => Promise<unknown> },
): FindRun => {
  const lookOnce = createFindRunOnce(dependencies);
  return async (name) => {
    for (const waitMs of listLagWaitsMs) {
      const run = await lookOnce(name);
      if (run.kind !== 'unknown-run') return run;
      await dependencies.sleep(waitMs);
    }
    return lookOnce(name);
  };
};
