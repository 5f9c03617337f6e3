import { GetDurableExecutionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { RunName } from '../forced-logout/run-name.ts';
import type { FindRun, UnknownRun } from './find-run.ts';
import { errorNameOf, type LambdaFailure, lambdaFailureOf } from './lambda-failure.ts';
import { type RunStatus, runStatusSchema } from './run-status.ts';

/** A run as Lambda keeps it; what it was sent and what it came back with are texts that nobody has looked into. */
export type RunExecution = {
  readonly kind: 'execution';
  readonly arn: string;
  readonly status: RunStatus;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  readonly payload: string;
  /** Of a run that succeeded. */
  readonly result: string | undefined;
  /** Of a run that failed, was stopped or took too long. */
  readonly error: { readonly message: string | undefined; readonly data: string | undefined } | undefined;
};

export type ReadExecution = (name: RunName) => Promise<RunExecution | UnknownRun | LambdaFailure>;

export type ReadExecutionDependencies = { readonly client: Pick<LambdaClient, 'send'>; readonly findRun: FindRun };

// https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html
const responseSchema = v.object({
  Status: runStatusSchema,
  StartTimestamp: v.date(),
  EndTimestamp: v.optional(v.date()),
  InputPayload: v.string(),
  Result: v.optional(v.string()),
  Error: v.optional(v.object({ ErrorMessage: v.optional(v.string()), ErrorData: v.optional(v.string()) })),
});

const parseExecution = (arn: string, response: unknown): RunExecution => {
  const {
    Status,
    StartTimestamp,
    EndTimestamp,
    InputPayload,
    Result,
    Error: error,
  } = v.parse(responseSchema, response);
  return {
    kind: 'execution',
    arn,
    status: Status,
    startedAt: StartTimestamp,
    endedAt: EndTimestamp,
    payload: InputPayload,
    result: Result,
    error: error && { message: error.ErrorMessage, data: error.ErrorData },
  };
};

export const createReadExecution = ({ client, findRun }: ReadExecutionDependencies): ReadExecution => {
  const getExecution = async (arn: string) => {
    try {
      return await client.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));
    } catch (error) {
      // Its retention may have ended since it was found.
      if (errorNameOf(error) === 'ResourceNotFoundException') return { kind: 'unknown-run' } as const;
      return lambdaFailureOf(error, 'lambda:GetDurableExecution');
    }
  };

  return async (name) => {
    const run = await findRun(name);
    if (run.kind !== 'found') return run;
    const answer = await getExecution(run.arn);
    return 'kind' in answer ? answer : parseExecution(run.arn, answer);
  };
};
