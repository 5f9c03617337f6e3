import {
  GetDurableExecutionCommand,
  type GetDurableExecutionCommandOutput,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { defined } from '../../platform/defined.ts';
import { errorNameOf } from '../../platform/unknown-values.ts';
import type { RunResults } from '../outcome.ts';
import { type Phase, phaseOf } from '../phase.ts';
import { expiryOf, type RunLimits, runFields, runRequestSchema } from '../request.ts';
import { instancesUnderWay, resultsAtEnd, resultsFromSteps } from '../results-from-steps.ts';
import { type RunName, runSourceOf } from '../run-name.ts';
import { isEndStatus } from '../run-status.ts';
import { parseSummary } from '../summary.ts';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';
import type { Finder, RunStatus, UnknownRun } from './find-run.ts';
import type { ReadHistory, RunHistory } from './read-history.ts';

// https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html
const executionSchema = v.pipe(
  v.object({
    Status: v.string(),
    StartTimestamp: v.date(),
    EndTimestamp: v.optional(v.date()),
    InputPayload: v.string(),
    Result: v.optional(v.string()),
    Error: v.optional(v.object({ ErrorMessage: v.optional(v.string()), ErrorData: v.optional(v.string()) })),
  }),
  v.transform((execution) => ({
    kind: 'execution' as const,
    status: execution.Status,
    startedAt: execution.StartTimestamp,
    endedAt: execution.EndTimestamp,
    payload: execution.InputPayload,
    result: execution.Result,
    /** Of a run that failed, was stopped or timed out. */
    error: execution.Error && { message: execution.Error.ErrorMessage, data: execution.Error.ErrorData },
  })),
);

/** A run as Lambda keeps it. Its payload, result and error are texts that nobody has parsed. */
export type RunExecution = Readonly<v.InferOutput<typeof executionSchema>> & { readonly arn: string };

/** Reads an execution by its ARN. Lambda allows 30 such calls per second and account. */
export type GetExecution = (arn: string) => Promise<RunExecution | UnknownRun | LambdaFailure>;

export const createGetExecution =
  (client: Pick<LambdaClient, 'send'>): GetExecution =>
  async (arn) => {
    let answer: GetDurableExecutionCommandOutput;
    try {
      answer = await client.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));
    } catch (error) {
      // Its retention may have ended since it was found.
      if (errorNameOf(error) === 'ResourceNotFoundException') return { kind: 'unknown-run' };
      return lambdaFailureOf(error, 'lambda:GetDurableExecution');
    }
    return { ...v.parse(executionSchema, answer), arn };
  };

export type ReadExecution = (name: string) => ReturnType<GetExecution>;

export const createReadExecution = ({ client, findRun }: Finder): ReadExecution => {
  const getExecution = createGetExecution(client);
  return async (name) => {
    const run = await findRun(name);
    return run.kind === 'found' ? getExecution(run.arn) : run;
  };
};

/** What reads an execution by its name, and its history. */
export type Readers = { readonly readExecution: ReadExecution; readonly readHistory: ReadHistory };

const ifText = v.fallback(v.optional(v.string()), undefined);

const payloadSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ reason: v.string(), requestedBy: v.string(), retryOf: ifText, at: ifText, expiresAt: ifText }),
);

const { reason: _, ...fields } = runFields;
const shownEntries = { ...fields, only: runRequestSchema.entries.only };

/** Who stopped it, if anybody did; the message of another error may quote anything. */
const noteOf = ({ status, error }: RunExecution): string | undefined => {
  if (status === 'STOPPED') return error?.message;
  if (status === 'TIMED_OUT') return 'the run took longer than its execution may last';
  return status === 'FAILED' ? 'the run failed without a summary: see its log' : undefined;
};

/** The request has its defaults. @throws ValiError for an execution that was not started as a run */
const aboutRun = (name: RunName, execution: RunExecution, limits: Pick<RunLimits, 'executionTimeoutMs'>) => {
  const { reason, requestedBy, retryOf, ...payload } = v.parse(payloadSchema, execution.payload);
  const { status, startedAt, endedAt } = execution;
  const shown = Object.entries(payload).filter(([key]) => Object.hasOwn(shownEntries, key));
  const expiresAt = expiryOf(payload, startedAt.toISOString(), limits);
  const request: Readonly<Record<string, unknown>> = { ...Object.fromEntries(shown), expiresAt };
  return defined({
    kind: 'run',
    status,
    source: runSourceOf(name),
    request,
    reason,
    requestedBy,
    retryOf,
    startedAt,
    endedAt,
  });
};

export type Run = RunResults & Partial<Phase> & ReturnType<typeof aboutRun> & { readonly watch?: string };

export type ReadRun = (name: RunName) => Promise<Run | UnknownRun | LambdaFailure>;

const endings: Readonly<Record<RunStatus, string>> = { STOPPED: 'the run was stopped', TIMED_OUT: 'the run timed out' };

/** The results of a run that has no summary: it goes on, or was stopped, or died. */
const resultsWithoutSummary = (execution: RunExecution, history: RunHistory, isDrill: boolean) => {
  if (!isEndStatus(execution.status)) {
    const results = resultsFromSteps(history.steps);
    return { ...results, ...phaseOf(history, results.progress) };
  }
  const underWay = isDrill ? new Set<never>() : instancesUnderWay(history.steps, history.unfinished);
  const note = noteOf(execution);
  const end = endings[execution.status] ?? 'the run ended';
  return defined({ ...resultsAtEnd(history.steps, underWay, end), note });
};

export const createReadRun =
  ({ readExecution, readHistory, executionTimeoutMs }: Readers & Pick<RunLimits, 'executionTimeoutMs'>): ReadRun =>
  async (name) => {
    const execution = await readExecution(name);
    if (execution.kind !== 'execution') return execution;
    const about = aboutRun(name, execution, { executionTimeoutMs });

    const summary = parseSummary(execution.result ?? execution.error?.data);
    // The outcomes of a large run may not fit into its summary. Its steps have them.
    const isWhole = summary !== undefined && (summary.outcomes.length > 0 || summary.progress.total === 0);
    if (isWhole) return { ...about, ...summary };

    const history = await readHistory(execution.arn);
    if (summary !== undefined) {
      const outcomes = history.kind === 'history' ? resultsFromSteps(history.steps).outcomes : [];
      return { ...about, ...summary, outcomes };
    }
    if (history.kind !== 'history') return history;
    return { ...about, ...resultsWithoutSummary(execution, history, about.request.dryRun === true) };
  };
