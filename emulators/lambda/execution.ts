import type { Event, Operation } from '@aws-sdk/client-lambda';
import { executionEnded, executionStarted, invocationCompleted, waitSucceeded } from './history.ts';
import { applyUpdates } from './operations.ts';
import type { Ended, LaterRecord, OperationUpdate, Started } from './records.ts';

/** One durable execution as its records leave it. Only `applyRecord` changes it. */
export type Execution = {
  readonly id: string;
  readonly started: Started;
  /** In the order they were started; the first is the execution itself. */
  readonly operations: Map<string, Operation>;
  readonly events: Event[];
  /** Operations that timers changed and no invocation has been informed of. */
  readonly unseen: Set<string>;
  /** Operations and retries so far, which is what AWS's limit is taken to be about. */
  operationCount: number;
  /** Invocations that failed one after the other, with no checkpoint between them. */
  failures: number;
  /** Whether the handler answered that it waits for a timer, and none has fired since. */
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
  return {
    id,
    started,
    operations: new Map([[id, itself]]),
    events: [{ ...executionStarted(name, at, payload, executionTimeoutMs), Id: id }],
    unseen: new Set(),
    operationCount: 0,
    failures: 0,
    suspended: false,
    invoked: undefined,
    ended: undefined,
  };
};

/** When the operation's timer fires, in epoch milliseconds; `Infinity` when none is running. */
const timerOf = ({ Type, Status, WaitDetails, StepDetails }: Operation): number => {
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

const addEvent = ({ events }: Execution, event: Event) => events.push({ ...event, EventId: events.length + 1 });

const fireTimer = (execution: Execution, operation: Operation, at: number) => {
  const { Id = '', Type, StepDetails } = operation;
  execution.unseen.add(Id);
  if (Type === 'WAIT') {
    execution.operations.set(Id, { ...operation, Status: 'SUCCEEDED', EndTimestamp: new Date(at) });
    addEvent(execution, waitSucceeded(operation, at));
  } else {
    const { NextAttemptTimestamp: _, ...details } = StepDetails ?? {};
    execution.operations.set(Id, { ...operation, Status: 'READY', StepDetails: details });
  }
};

const fireTimers = (execution: Execution, at: number) => {
  const due = [...execution.operations.values()].filter((operation) => timerOf(operation) <= at);
  for (const operation of due) fireTimer(execution, operation, at);
  execution.suspended = false;
};

const checkpoint = (execution: Execution, updates: readonly OperationUpdate[], at: number) => {
  const { changed, events } = applyUpdates(execution.operations, updates, at, execution.started.timeScale);
  execution.operationCount = operationCountAfter(execution, updates);
  execution.failures = 0;
  execution.unseen.clear();
  for (const [id, operation] of changed) execution.operations.set(id, operation);
  for (const event of events) addEvent(execution, event);
};

const completeInvocation = (
  execution: Execution,
  record: Extract<LaterRecord, { kind: 'returned' | 'invocation-failed' }>,
) => {
  const { at } = record;
  const error = record.kind === 'invocation-failed' ? record.error : undefined;
  if (execution.invoked !== undefined) addEvent(execution, invocationCompleted(execution.invoked, at, error));
  execution.invoked = undefined;
  execution.failures = error === undefined ? 0 : execution.failures + 1;
  execution.suspended = record.kind === 'returned' && record.answer === 'pending' && execution.unseen.size === 0;
};

const end = (execution: Execution, record: Ended) => {
  const { id, started } = execution;
  execution.ended = record;
  execution.suspended = false;
  addEvent(execution, { Id: id, Name: started.name, EventTimestamp: new Date(record.at), ...executionEnded(record) });
};

/** Applies one record. The same records always lead to the same execution. */
export const applyRecord = (execution: Execution, record: LaterRecord): void => {
  switch (record.kind) {
    case 'invoked':
      execution.invoked = record;
      execution.suspended = false;
      execution.unseen.clear();
      return;
    case 'checkpoint':
      checkpoint(execution, record.updates, record.at);
      return;
    case 'timers-fired':
      fireTimers(execution, record.at);
      return;
    case 'returned':
    case 'invocation-failed':
      completeInvocation(execution, record);
      return;
    case 'ended':
      end(execution, record);
      return;
  }
};
