import { type Execution, type LambdaClient, ListDurableExecutionsByFunctionCommand } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { RunName } from '../run-name.ts';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';

/** What Lambda says of an execution (https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html). */
export const runStatusSchema = v.picklist(['RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED', 'TIMED_OUT']);

export type RunStatus = v.InferOutput<typeof runStatusSchema>;

export type FoundRun = {
  readonly kind: 'found';
  /** ARN of the execution, by which everything else about it is asked. */
  readonly arn: string;
  readonly status: RunStatus;
};

export type UnknownRun = { readonly kind: 'unknown-run' };

/** Finds a run by its name. One that started this very second may not be listed yet. */
export type FindRun = (name: RunName) => Promise<FoundRun | UnknownRun | LambdaFailure>;

export type FindRunDependencies = {
  readonly client: Pick<LambdaClient, 'send'>;
  /** Name or ARN of the function that carries runs out. */
  readonly functionName: string;
};

/** Time for reading pages, in milliseconds: all but the last may be empty. */
const readingTimeMs = 10_000;

const summarySchema = v.object({ DurableExecutionArn: v.string(), Status: runStatusSchema });

const parseFound = (execution: Execution): FoundRun => {
  const { DurableExecutionArn, Status } = v.parse(summarySchema, execution);
  return { kind: 'found', arn: DurableExecutionArn, status: Status };
};

export const createFindRun = ({ client, functionName }: FindRunDependencies): FindRun => {
  const readPage = (name: RunName, marker: string | undefined) =>
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
        // The service says that it filters by names that match, not that they are equal.
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
