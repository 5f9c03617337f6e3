import type { Event, Operation, OperationStatus } from '@aws-sdk/client-lambda';
import { eventOf } from './history.ts';
import { invalidParameter, payloadLimit, sizeOf } from './protocol.ts';
import type { OperationUpdate } from './records.ts';

type Action = OperationUpdate['Action'];
type Transitions = Partial<Record<Action, readonly (OperationStatus | 'new')[]>>;

/** What may be done to an operation, and in which states. What is missing is not part of this emulator. */
const transitions: Partial<Record<OperationUpdate['Type'], Transitions>> = {
  STEP: {
    START: ['new', 'READY'],
    SUCCEED: ['new', 'STARTED', 'READY'],
    FAIL: ['new', 'STARTED', 'READY'],
    RETRY: ['new', 'STARTED', 'READY'],
  },
  CONTEXT: { START: ['new'], SUCCEED: ['new', 'STARTED'], FAIL: ['new', 'STARTED'] },
  WAIT: { START: ['new'], CANCEL: ['STARTED'] },
};

const statusAfter = {
  START: 'STARTED',
  SUCCEED: 'SUCCEEDED',
  FAIL: 'FAILED',
  RETRY: 'PENDING',
  CANCEL: 'CANCELLED',
} as const satisfies Record<Action, OperationStatus>;

const isFinal = (action: Action) => action !== 'START' && action !== 'RETRY';

/** The most the error of a step or a context may hold, in bytes, as AWS's own runner has it. */
const operationErrorLimit = 32 * 1024;

const checkPayload = ({ Type, Action, Payload, Error: error }: OperationUpdate) => {
  const tooLarge = (what: string, limit: number) =>
    invalidParameter(`${Type} ${what} payload size must be less than or equal to ${limit} bytes.`);
  if (Action === 'FAIL' && Payload !== undefined) throw invalidParameter('Cannot provide a Payload for FAIL action.');
  if (Action === 'SUCCEED' && error !== undefined)
    throw invalidParameter('Cannot provide an Error for SUCCEED action.');
  if (Payload !== undefined && sizeOf(Payload) > payloadLimit) throw tooLarge('output', payloadLimit);
  if (error !== undefined && sizeOf(error) > operationErrorLimit) throw tooLarge('error', operationErrorLimit);
};

/** An operation keeps what it was started as; what a later update leaves out is unchanged. */
const checkIdentity = (update: OperationUpdate, existing: Operation) => {
  for (const field of ['Type', 'SubType', 'Name', 'ParentId'] as const) {
    if (update[field] !== undefined && update[field] !== existing[field]) {
      throw invalidParameter(`Inconsistent operation: ${field} differs from the operation with the same Id.`);
    }
  }
};

const checkTransition = ({ Type, Action, StepOptions, WaitOptions }: OperationUpdate, existing?: Operation) => {
  const actions = transitions[Type];
  if (actions === undefined) throw invalidParameter(`${Type} operations are not supported by this emulator.`);
  const states = actions[Action];
  if (states === undefined) throw invalidParameter(`Invalid ${Type} action.`);
  if (!states.includes(existing?.Status ?? 'new')) {
    throw invalidParameter(`Invalid current ${Type} state ${existing?.Status} to ${Action}.`);
  }
  if (Action === 'RETRY' && StepOptions?.NextAttemptDelaySeconds === undefined) {
    throw invalidParameter('Invalid StepOptions for the given action.');
  }
  if (Type === 'WAIT' && Action === 'START' && WaitOptions?.WaitSeconds === undefined) {
    throw invalidParameter('Invalid WaitOptions for the given action.');
  }
};

/** When something is due that was put off by so many seconds at `at`. */
type Due = (seconds: number) => Date;

const stepDetails = (
  { Action, Payload, Error: error, StepOptions }: OperationUpdate,
  existing: Operation | undefined,
  due: Due,
) => {
  const attempt = existing?.StepDetails?.Attempt ?? 0;
  // A condition that is polled keeps its state in the result of the attempt before.
  if (Action === 'START') return { ...existing?.StepDetails, Attempt: attempt };
  const delaySeconds = StepOptions?.NextAttemptDelaySeconds;
  return {
    Attempt: attempt + 1,
    Result: Payload,
    Error: error,
    ...(Action === 'RETRY' && delaySeconds !== undefined && { NextAttemptTimestamp: due(delaySeconds) }),
  };
};

const details = (update: OperationUpdate, existing: Operation | undefined, due: Due): Partial<Operation> => {
  if (update.Type === 'STEP') return { StepDetails: stepDetails(update, existing, due) };
  if (update.Type === 'CONTEXT') {
    const replayChildren = update.ContextOptions?.ReplayChildren;
    return { ContextDetails: { ReplayChildren: replayChildren, Result: update.Payload, Error: update.Error } };
  }
  if (update.Action === 'CANCEL') return {};
  return { WaitDetails: { ScheduledEndTimestamp: due(update.WaitOptions?.WaitSeconds ?? 0) } };
};

const operationAfter = (update: OperationUpdate, existing: Operation | undefined, at: number, due: Due): Operation => ({
  Id: update.Id,
  ParentId: update.ParentId ?? existing?.ParentId,
  Name: update.Name ?? existing?.Name,
  Type: update.Type,
  SubType: update.SubType ?? existing?.SubType,
  StartTimestamp: existing?.StartTimestamp ?? new Date(at),
  ...(isFinal(update.Action) && { EndTimestamp: new Date(at) }),
  Status: statusAfter[update.Action],
  ...details(update, existing, due),
});

/**
 * What a checkpoint changes, without changing it: the operations as they are afterwards, and the events to record.
 *
 * @param timeScale how many times faster than real its waits pass
 * @throws AwsError when one of the updates is not allowed; then none of them counts
 */
export const applyUpdates = (
  operations: ReadonlyMap<string, Operation>,
  updates: readonly OperationUpdate[],
  at: number,
  timeScale = 1,
): { readonly changed: ReadonlyMap<string, Operation>; readonly events: readonly Event[] } => {
  const changed = new Map<string, Operation>();
  const find = (id: string) => changed.get(id) ?? operations.get(id);
  const due: Due = (seconds) => new Date(at + (seconds * 1000) / timeScale);
  const events = updates.map((update) => {
    const existing = find(update.Id);
    checkPayload(update);
    if (update.ParentId !== undefined && find(update.ParentId)?.Type !== 'CONTEXT') {
      throw invalidParameter('Invalid parent operation id.');
    }
    if (existing) checkIdentity(update, existing);
    checkTransition(update, existing);
    const after = operationAfter(update, existing, at, due);
    changed.set(update.Id, after);
    return eventOf(update, after, at);
  });
  return { changed, events };
};
