import {
  type Event,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { errorNameOf } from '../../platform/unknown-values.ts';
import type { RunResults } from '../outcome.ts';
import { type FinishedStep, resultsFromSteps } from '../results.ts';
import type { RunName } from '../run-name.ts';
import { parseSummary } from '../summary.ts';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';
import { type FindRun, type RunStatus, runStatusSchema, type UnknownRun } from './find-run.ts';

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

export type RunHistory = { readonly kind: 'history'; readonly steps: readonly FinishedStep[] };

/** Reads which steps of an execution have succeeded, and with what. Lambda allows 15 such calls a second and account. */
export type ReadHistory = (arn: string) => Promise<RunHistory | LambdaFailure>;

/** The most Lambda gives at once, so that nearly every run is one call. */
const pageSize = 1_000;
/** Time for reading pages, in milliseconds. */
const readingTimeMs = 10_000;

const finishedStep = ({ Name = '', StepSucceededDetails }: Event): readonly FinishedStep[] =>
  StepSucceededDetails === undefined ? [] : [{ name: Name, payload: StepSucceededDetails.Result?.Payload }];

export const createReadHistory = (client: Pick<LambdaClient, 'send'>): ReadHistory => {
  const readPage = (arn: string, marker: string | undefined) =>
    client.send(
      new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn, MaxItems: pageSize, Marker: marker }),
    );

  return async (arn) => {
    const end = performance.now() + readingTimeMs;
    const steps: FinishedStep[] = [];
    let marker: string | undefined;
    try {
      do {
        const { Events = [], NextMarker } = await readPage(arn, marker);
        steps.push(...Events.flatMap(finishedStep));
        marker = NextMarker;
      } while (marker !== undefined && performance.now() < end);
    } catch (error) {
      return lambdaFailureOf(error, 'lambda:GetDurableExecutionHistory');
    }
    // Half a history would be a wrong answer, not a short one.
    return marker === undefined
      ? { kind: 'history', steps }
      : { kind: 'unavailable', detail: 'Lambda: the history of the run was too long to read in time' };
  };
};

export type Run = RunResults & {
  readonly kind: 'run';
  readonly status: RunStatus;
  readonly reason: string;
  readonly requestedBy: string;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  /** For people: what to know about the run as a whole. */
  readonly note: string | undefined;
};

/** Reads what a run was asked and what has become of it so far. */
export type ReadRun = (name: RunName) => Promise<Run | UnknownRun | LambdaFailure>;

export type ReadRunDependencies = { readonly readExecution: ReadExecution; readonly readHistory: ReadHistory };

const payloadSchema = v.pipe(v.string(), v.parseJson(), v.object({ reason: v.string(), requestedBy: v.string() }));

/** @throws ValiError for an execution that was not started as a run */
const aboutRun = ({ payload, status, startedAt, endedAt, error }: RunExecution) => ({
  kind: 'run' as const,
  status,
  ...v.parse(payloadSchema, payload),
  startedAt,
  endedAt,
  // Who stopped it; the message of any other error may quote anything.
  note: status === 'STOPPED' ? error?.message : undefined,
});

export const createReadRun =
  ({ readExecution, readHistory }: ReadRunDependencies): ReadRun =>
  async (name) => {
    const execution = await readExecution(name);
    if (execution.kind !== 'execution') return execution;

    const summary = parseSummary(execution.result ?? execution.error?.data);
    if (summary !== undefined) return { ...aboutRun(execution), note: undefined, ...summary };

    // It runs, or ended without a summary: then its steps tell how far it came.
    const history = await readHistory(execution.arn);
    return history.kind === 'history' ? { ...aboutRun(execution), ...resultsFromSteps(history.steps) } : history;
  };
