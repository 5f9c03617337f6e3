import type { Event, Operation } from '@aws-sdk/client-lambda';
import type { Ended } from './execution-record.ts';
import type { ErrorObject, OperationUpdate } from './operation-update.ts';

const stepEvent = ({ Action, Payload, Error: error, StepOptions }: OperationUpdate, after: Operation): Event => {
  if (Action === 'START') return { EventType: 'StepStarted', StepStartedDetails: {} };
  const RetryDetails = {
    CurrentAttempt: after.StepDetails?.Attempt,
    NextAttemptDelaySeconds: StepOptions?.NextAttemptDelaySeconds,
  };
  return error === undefined && Action !== 'FAIL'
    ? { EventType: 'StepSucceeded', StepSucceededDetails: { Result: { Payload }, RetryDetails } }
    : { EventType: 'StepFailed', StepFailedDetails: { Error: { Payload: error }, RetryDetails } };
};

const contextEvent = ({ Action, Payload, Error: error }: OperationUpdate): Event => {
  if (Action === 'START') return { EventType: 'ContextStarted', ContextStartedDetails: {} };
  return Action === 'FAIL'
    ? { EventType: 'ContextFailed', ContextFailedDetails: { Error: { Payload: error } } }
    : { EventType: 'ContextSucceeded', ContextSucceededDetails: { Result: { Payload } } };
};

const waitEvent = ({ Action, WaitOptions }: OperationUpdate, { WaitDetails }: Operation): Event => {
  if (Action === 'CANCEL') return { EventType: 'WaitCancelled', WaitCancelledDetails: {} };
  const ScheduledEndTimestamp = WaitDetails?.ScheduledEndTimestamp;
  return {
    EventType: 'WaitStarted',
    WaitStartedDetails: { Duration: WaitOptions?.WaitSeconds, ScheduledEndTimestamp },
  };
};

const detailsOf = (update: OperationUpdate, after: Operation): Event => {
  if (update.Type === 'STEP') return stepEvent(update, after);
  return update.Type === 'CONTEXT' ? contextEvent(update) : waitEvent(update, after);
};

const aboutOperation = ({ Id, ParentId, Name, SubType }: Operation, at: number): Event => ({
  Id,
  ParentId,
  Name,
  SubType,
  EventTimestamp: new Date(at),
});

/** The event an update leaves in the history, still without its number. */
export const eventOf = (update: OperationUpdate, after: Operation, at: number): Event => ({
  ...aboutOperation(after, at),
  ...detailsOf(update, after),
});

export const waitSucceeded = (wait: Operation, at: number): Event => ({
  ...aboutOperation(wait, at),
  EventType: 'WaitSucceeded',
  WaitSucceededDetails: {
    Duration: Math.round(
      ((wait.WaitDetails?.ScheduledEndTimestamp?.getTime() ?? at) - (wait.StartTimestamp?.getTime() ?? at)) / 1000,
    ),
  },
});

export const invocationCompleted = (
  invoked: { at: number; requestId: string },
  at: number,
  error?: ErrorObject,
): Event => ({
  EventType: 'InvocationCompleted',
  EventTimestamp: new Date(at),
  InvocationCompletedDetails: {
    StartTimestamp: new Date(invoked.at),
    EndTimestamp: new Date(at),
    RequestId: invoked.requestId,
    ...(error && { Error: { Payload: error } }),
  },
});

/** The last event of an execution, by how it ended. */
export const executionEnded = ({ status, result, error }: Ended): Event => {
  const details = { Error: { Payload: error } };
  const events = {
    SUCCEEDED: { EventType: 'ExecutionSucceeded', ExecutionSucceededDetails: { Result: { Payload: result } } },
    FAILED: { EventType: 'ExecutionFailed', ExecutionFailedDetails: details },
    STOPPED: { EventType: 'ExecutionStopped', ExecutionStoppedDetails: details },
    TIMED_OUT: { EventType: 'ExecutionTimedOut', ExecutionTimedOutDetails: details },
  } as const satisfies Record<Ended['status'], Event>;
  return events[status];
};
