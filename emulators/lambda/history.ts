import type { Event, Operation } from '@aws-sdk/client-lambda';
import type { Ended, ErrorObject, OperationUpdate } from './records.ts';

type EventName = NonNullable<Event['EventType']>;

/** An event, whose details are in a field of its name. */
const eventNamed = (EventType: EventName, details: object): Event => ({ EventType, [`${EventType}Details`]: details });

const payloadOf = <Payload extends string | ErrorObject | undefined>(Payload: Payload) => ({
  Payload,
  Truncated: false,
});

const workEvent = (work: 'Step' | 'Context', update: OperationUpdate, more: object): Event => {
  const { Action, Payload, Error: error } = update;
  if (Action === 'START') return eventNamed(`${work}Started`, {});
  return error === undefined && Action !== 'FAIL'
    ? eventNamed(`${work}Succeeded`, { Result: payloadOf(Payload), ...more })
    : eventNamed(`${work}Failed`, { Error: payloadOf(error), ...more });
};

const waitEvent = ({ Action, WaitOptions }: OperationUpdate, { WaitDetails }: Operation): Event => {
  if (Action === 'CANCEL') return eventNamed('WaitCancelled', {});
  const { ScheduledEndTimestamp } = WaitDetails ?? {};
  return eventNamed('WaitStarted', { Duration: WaitOptions?.WaitSeconds, ScheduledEndTimestamp });
};

const detailsOf = (update: OperationUpdate, after: Operation): Event => {
  if (update.Type === 'CONTEXT') return workEvent('Context', update, {});
  if (update.Type !== 'STEP') return waitEvent(update, after);
  const { Attempt: CurrentAttempt } = after.StepDetails ?? {};
  const { NextAttemptDelaySeconds } = update.StepOptions ?? {};
  return workEvent('Step', update, { RetryDetails: { CurrentAttempt, NextAttemptDelaySeconds } });
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

export const waitSucceeded = (wait: Operation, at: number): Event => {
  const endsAt = wait.WaitDetails?.ScheduledEndTimestamp?.getTime() ?? at;
  const Duration = Math.round((endsAt - (wait.StartTimestamp?.getTime() ?? at)) / 1000);
  return { ...aboutOperation(wait, at), ...eventNamed('WaitSucceeded', { Duration }) };
};

export const executionStarted = (name: string, at: number, payload: string, executionTimeoutMs: number): Event => ({
  EventId: 1,
  Name: name,
  EventTimestamp: new Date(at),
  ...eventNamed('ExecutionStarted', { Input: payloadOf(payload), ExecutionTimeout: executionTimeoutMs / 1000 }),
});

export const invocationCompleted = (
  invoked: { readonly at: number; readonly requestId: string },
  at: number,
  error?: ErrorObject,
): Event => ({
  EventTimestamp: new Date(at),
  ...eventNamed('InvocationCompleted', {
    StartTimestamp: new Date(invoked.at),
    EndTimestamp: new Date(at),
    RequestId: invoked.requestId,
    ...(error && { Error: payloadOf(error) }),
  }),
});

const endNames = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  STOPPED: 'ExecutionStopped',
  TIMED_OUT: 'ExecutionTimedOut',
} as const satisfies Record<Ended['status'], EventName>;

/** The last event of an execution, by how it ended. */
export const executionEnded = ({ status, result, error }: Ended): Event =>
  eventNamed(endNames[status], status === 'SUCCEEDED' ? { Result: payloadOf(result) } : { Error: payloadOf(error) });

/** When the history leaves out payloads. AWS does it from a size that is not public; either form is possible. */
export type Truncation = {
  /** Payloads above this many bytes are truncated. */
  readonly aboveBytes: number;
  /** `omit`: there is no payload; `cut`: there is its beginning. */
  readonly how: 'omit' | 'cut';
};

const isTruncatable = (value: unknown): value is { readonly Payload: unknown } =>
  typeof value === 'object' && value !== null && 'Payload' in value && 'Truncated' in value;

/** The event as JSON values, with every payload that is too long truncated. */
export const truncateEvent = (event: Event, { aboveBytes, how }: Truncation): unknown =>
  JSON.parse(
    JSON.stringify(event, (_, value) => {
      if (!isTruncatable(value)) return value;
      const text = typeof value.Payload === 'string' ? value.Payload : JSON.stringify(value.Payload ?? '');
      if (Buffer.byteLength(text) <= aboveBytes) return value;
      const isCut = how === 'cut' && typeof value.Payload === 'string';
      return isCut ? { Payload: text.slice(0, aboveBytes), Truncated: true } : { Truncated: true };
    }),
  );

export const withoutPayloads = (event: Event): unknown =>
  JSON.parse(JSON.stringify(event, (key, value) => (key === 'Payload' || key === 'Truncated' ? undefined : value)));
