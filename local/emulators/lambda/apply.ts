import type { Event, Operation } from '@aws-sdk/client-lambda';
import { applyUpdates } from './apply-updates.ts';
import { type Execution, operationCountAfter, timerOf } from './execution.ts';
import type { Ended, LaterRecord } from './execution-record.ts';
import { executionEnded, invocationCompleted, waitSucceeded } from './history.ts';
import type { OperationUpdate } from './operation-update.ts';

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
  const { changed, events } = applyUpdates(execution.operations, updates, at);
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
  execution.ended = record;
  execution.suspended = false;
  addEvent(execution, {
    Id: execution.id,
    Name: execution.started.name,
    EventTimestamp: new Date(record.at),
    ...executionEnded(record),
  });
};

/** Applies one record. The same records always lead to the same execution. */
export const apply = (execution: Execution, record: LaterRecord): void => {
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
