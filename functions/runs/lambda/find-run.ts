import { type Execution, type LambdaClient, ListDurableExecutionsByFunctionCommand } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';

/**
 * Status of an execution as Lambda reports it, such as `RUNNING` or `PAUSED`. It is open text, because AWS adds new ones
 * (https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html).
 */
export const runStatusSchema = v.string();

export type RunStatus = v.InferOutput<typeof runStatusSchema>;

export type FoundRun = {
  readonly kind: 'found';
  /** ARN of the execution, which all other calls about it need. */
  readonly arn: string;
  readonly status: RunStatus;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
};

export type UnknownRun = { readonly kind: 'unknown-run' };

/** Finds a run, or a watch, by its name. */
export type FindRun = (name: string) => Promise<FoundRun | UnknownRun | LambdaFailure>;

export type FindRunDependencies = {
  readonly client: Pick<LambdaClient, 'send'>;
  /** Name or ARN of the durable function. */
  readonly functionName: string;
  readonly sleep: (ms: number) => Promise<unknown>;
};

/** Time for reading pages, in milliseconds: all but the last may be empty. */
const readingTimeMs = 10_000;
/** Retry pauses before looking again, in milliseconds. Lambda's list may lag: a run that has just started is not in it yet. */
const listLagWaitsMs = [500, 1_000, 1_500, 2_000];

const summarySchema = v.object({
  DurableExecutionArn: v.string(),
  Status: runStatusSchema,
  StartTimestamp: v.date(),
  EndTimestamp: v.optional(v.date()),
});

const parseFound = (execution: Execution): FoundRun => {
  const { DurableExecutionArn, Status, StartTimestamp, EndTimestamp } = v.parse(summarySchema, execution);
  return {
    kind: 'found',
    arn: DurableExecutionArn,
    status: Status,
    startedAt: StartTimestamp,
    endedAt: EndTimestamp,
  };
};

/** Looks for a run once: one that has just started may not be listed yet. */
export const createFindRunOnce = ({ client, functionName }: Omit<FindRunDependencies, 'sleep'>): FindRun => {
  const readPage = (name: string, marker: string | undefined) =>
    client.send(
      new ListDurableExecutionsByFunctionCommand({
        FunctionName: functionName,
        DurableExecutionName: name,
        Marker: marker,
      }),
    );

  return async (name) => {
    const end = performance.now() + readingTimeMs;
    let marker: string | undefined;
    try {
      do {
        const { DurableExecutions = [], NextMarker } = await readPage(name, marker);
        // Lambda documents a filter by matching names, not by equal ones.
        const execution = DurableExecutions.find(({ DurableExecutionName }) => DurableExecutionName === name);
        if (execution !== undefined) return parseFound(execution);
        marker = NextMarker;
      } while (marker !== undefined && performance.now() < end);
    } catch (error) {
      return lambdaFailureOf(error, 'lambda:ListDurableExecutionsByFunction');
    }
    return marker === undefined
      ? { kind: 'unknown-run' }
      : { kind: 'unavailable', detail: 'Lambda: the list of runs was too long to read in time' };
  };
};

/** Looks for a run again for about five seconds before it is called unknown. */
export const createFindRun = (dependencies: FindRunDependencies): FindRun => {
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
