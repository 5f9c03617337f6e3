import type { Event, Operation } from '@aws-sdk/client-lambda';
import type { Ended, Started } from './execution-record.ts';
import type { OperationUpdate } from './operation-update.ts';

/** One durable execution as its records leave it. Only `apply` changes it. */
export type Execution = {
  readonly id: string;
  readonly started: Started;
  /** In the order they were started; the first is the execution itself. */
  readonly operations: Map<string, Operation>;
  readonly events: Event[];
  /** Operations that timers changed and no invocation has been told of. */
  readonly unseen: Set<string>;
  /** Operations and retries so far, which is what AWS's limit is taken to be about. */
  operationCount: number;
  /** Invocations that failed one after the other, with no checkpoint between them. */
  failures: number;
  /** Whether the handler said that it waits for a timer, and none has fired since. */
  suspended: boolean;
  invoked: { readonly at: number; readonly requestId: string } | undefined;
  ended: Ended | undefined;
};

export const createExecution = (started: Started): Execution => {
  const { at, arn, name, payload, executionTimeoutMs } = started;
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  const itself: Operation = {
    Id: id,
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: new Date(at),
    ExecutionDetails: { InputPayload: payload },
  };
  const event: Event = {
    EventType: 'ExecutionStarted',
    EventId: 1,
    Id: id,
    Name: name,
    EventTimestamp: new Date(at),
    ExecutionStartedDetails: { Input: { Payload: payload }, ExecutionTimeout: executionTimeoutMs / 1000 },
  };
  return {
    id,
    started,
    operations: new Map([[id, itself]]),
    events: [event],
    unseen: new Set(),
    operationCount: 0,
    failures: 0,
    suspended: false,
    invoked: undefined,
    ended: undefined,
  };
};

/** When the operation's timer fires, in epoch milliseconds; `Infinity` when none is running. */
export const timerOf = ({ Type, Status, WaitDetails, StepDetails }: Operation): number => {
  if (Type === 'WAIT' && Status === 'STARTED') return WaitDetails?.ScheduledEndTimestamp?.getTime() ?? Infinity;
  if (Type === 'STEP' && Status === 'PENDING') return StepDetails?.NextAttemptTimestamp?.getTime() ?? Infinity;
  return Infinity;
};

/** When the next timer fires, in epoch milliseconds; `Infinity` when none is running. */
export const nextTimerAt = ({ operations }: Execution): number => Math.min(...[...operations.values()].map(timerOf));

/** How many operations and retries the execution has after these updates. */
export const operationCountAfter = ({ operations, operationCount }: Execution, updates: readonly OperationUpdate[]) => {
  const started = new Set(updates.map(({ Id }) => Id).filter((id) => !operations.has(id)));
  return operationCount + started.size + updates.filter(({ Action }) => Action === 'RETRY').length;
};
