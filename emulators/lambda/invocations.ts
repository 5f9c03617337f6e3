import type { Operation } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { Execution } from './execution.ts';
import { payloadLimit, sizeOf, timestampsIn } from './protocol.ts';
import { type Ended, type ErrorObject, errorObject } from './records.ts';

/** One invocation: the event, and what differs in Lambda's context. */
export type Invocation = {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  /** When its time is over, in epoch milliseconds. */
  readonly deadlineAt: number;
  /** Makes time pass faster for the function, from `originMs` on. */
  readonly clock?: { readonly originMs: number; readonly scale: number };
  /** Variables of the environment that may have changed since the last invocation. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly event: unknown;
};

export type InvocationOutcome =
  | { readonly kind: 'answered'; readonly payload: unknown }
  /** The handler threw, ran out of time, or its process died. */
  | { readonly kind: 'failed'; readonly error: ErrorObject };

/** What a worker process is sent: an invocation under a number of its own, from 1 on. */
export type WorkerCall = { readonly id: number; readonly invocation: Invocation };

/** What a worker process answers about an invocation; 0 is the loading of its bundles. */
export type WorkerReply = { readonly id: number; readonly outcome: InvocationOutcome };

/** How much of the state travels with the invocation; the handler reads the rest page by page. */
const maxInitialOperations = 1000;

/** What a replay needs: everything but what is under a context that has finished and keeps its own result. */
export const operationsToReplay = ({ operations }: Execution): readonly Operation[] => {
  const isLeftOut = ({ ParentId }: Operation): boolean => {
    const parent = operations.get(ParentId ?? '');
    if (parent === undefined) return false;
    const isFinished = parent.Status === 'SUCCEEDED' || parent.Status === 'FAILED';
    return (isFinished && parent.ContextDetails?.ReplayChildren !== true) || isLeftOut(parent);
  };
  return [...operations.values()].filter((operation) => !isLeftOut(operation));
};

/** How timestamps are written in the invocation event. The JavaScript SDK reads both. */
export type InvocationTimestamps = 'iso' | 'epoch-ms';

/** What the durable SDK inside the handler's process expects as its event. */
export const invocationEvent = (execution: Execution, CheckpointToken: string, timestamps: InvocationTimestamps) => {
  const operations = operationsToReplay(execution);
  const initial = operations.slice(0, maxInitialOperations);
  return {
    DurableExecutionArn: execution.started.arn,
    CheckpointToken,
    UpdatedOperationIds: [...execution.unseen],
    InitialExecutionState: {
      Operations: timestamps === 'iso' ? initial : JSON.parse(JSON.stringify(initial, timestampsIn(1))),
      ...(operations.length > maxInitialOperations && { NextMarker: String(maxInitialOperations - 1) }),
    },
  };
};

/** What an invocation's answer means for its execution. */
type HandlerAnswer =
  /** It waits for a timer. */
  { readonly kind: 'pending' } | { readonly kind: 'final'; readonly end: Pick<Ended, 'status' | 'result' | 'error'> };

const output = v.variant('Status', [
  v.object({ Status: v.literal('SUCCEEDED'), Result: v.optional(v.string()) }),
  v.object({ Status: v.literal('FAILED'), Error: v.optional(errorObject) }),
  v.object({ Status: v.literal('PENDING') }),
]);

const failWith = (error: ErrorObject): HandlerAnswer => ({ kind: 'final', end: { status: 'FAILED', error } });

const refuse = (ErrorMessage: string) => failWith({ ErrorType: 'InvalidParameterValueException', ErrorMessage });

const tooLarge = (what: string) =>
  refuse(`Execution ${what} payload size must be less than or equal to ${payloadLimit} bytes.`);

/** An answer AWS would not accept fails the execution. */
export const parseHandlerAnswer = (payload: unknown, hasTimers: boolean): HandlerAnswer => {
  const parsed = v.safeParse(output, payload);
  if (!parsed.success) return refuse('Invalid Status in invocation output.');
  const answer = parsed.output;
  switch (answer.Status) {
    case 'PENDING':
      return hasTimers ? { kind: 'pending' } : refuse('Cannot return PENDING status with no pending operations.');
    case 'SUCCEEDED':
      if (sizeOf(answer.Result) > payloadLimit) return tooLarge('output');
      return { kind: 'final', end: { status: 'SUCCEEDED', result: answer.Result } };
    case 'FAILED':
      return sizeOf(answer.Error) > payloadLimit ? tooLarge('error') : failWith(answer.Error ?? {});
  }
};

const maxFailures = 10;

/**
 * How long to wait, in milliseconds, after so many failed invocations in a row; `undefined` to give up. AWS gives up on
 * a function that does nothing but crash after a few minutes; this does after about three.
 */
export const retryDelayMs = (failures: number): number | undefined =>
  failures < maxFailures ? Math.min(250 * 2 ** failures, 60_000) : undefined;
