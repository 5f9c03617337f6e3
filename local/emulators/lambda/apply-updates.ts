import type { Event, Operation, OperationStatus } from '@aws-sdk/client-lambda';
import { eventOf } from './history.ts';
import type { OperationUpdate } from './operation-update.ts';
import { invalidParameter, payloadLimit, sizeOf } from './wire.ts';

type Action = OperationUpdate['Action'];
type Transitions = Partial<Record<Action, readonly (OperationStatus | 'new')[]>>;

/** What may be done to an operation, and in which states. What is missing is not part of this backend. */
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

const checkSize = ({ Type, Payload, Error: error }: OperationUpdate) => {
  const limit = `size must be less than or equal to ${payloadLimit} bytes.`;
  if (Payload !== undefined && sizeOf(Payload) > payloadLimit)
    throw invalidParameter(`${Type} output payload ${limit}`);
  if (error !== undefined && sizeOf(error) > payloadLimit) throw invalidParameter(`${Type} error payload ${limit}`);
};

const checkTransition = ({ Type, Action, StepOptions, WaitOptions }: OperationUpdate, before?: Operation) => {
  const actions = transitions[Type];
  if (actions === undefined) throw invalidParameter(`${Type} operations are not supported by this backend.`);
  const states = actions[Action];
  if (states === undefined) throw invalidParameter(`Invalid ${Type} action.`);
  if (!states.includes(before?.Status ?? 'new')) {
    throw invalidParameter(`Invalid current ${Type} state ${before?.Status} to ${Action}.`);
  }
  if (Action === 'RETRY' && StepOptions?.NextAttemptDelaySeconds === undefined) {
    throw invalidParameter('Invalid StepOptions for the given action.');
  }
  if (Type === 'WAIT' && Action === 'START' && WaitOptions?.WaitSeconds === undefined) {
    throw invalidParameter('Invalid WaitOptions for the given action.');
  }
};

const stepDetails = (
  { Action, Payload, Error: error, StepOptions }: OperationUpdate,
  before: Operation | undefined,
  at: number,
) => {
  const attempt = before?.StepDetails?.Attempt ?? 0;
  // A condition that is polled keeps its state in the result of the attempt before.
  if (Action === 'START') return { ...before?.StepDetails, Attempt: attempt };
  const delaySeconds = StepOptions?.NextAttemptDelaySeconds;
  return {
    Attempt: attempt + 1,
    Result: Payload,
    Error: error,
    ...(Action === 'RETRY' &&
      delaySeconds !== undefined && { NextAttemptTimestamp: new Date(at + delaySeconds * 1000) }),
  };
};

const details = (update: OperationUpdate, before: Operation | undefined, at: number): Partial<Operation> => {
  if (update.Type === 'STEP') return { StepDetails: stepDetails(update, before, at) };
  if (update.Type === 'CONTEXT') {
    const replayChildren = update.ContextOptions?.ReplayChildren;
    return { ContextDetails: { ReplayChildren: replayChildren, Result: update.Payload, Error: update.Error } };
  }
  if (update.Action === 'CANCEL') return {};
  return { WaitDetails: { ScheduledEndTimestamp: new Date(at + (update.WaitOptions?.WaitSeconds ?? 0) * 1000) } };
};

const operationAfter = (update: OperationUpdate, before: Operation | undefined, at: number): Operation => ({
  Id: update.Id,
  ParentId: update.ParentId ?? before?.ParentId,
  Name: update.Name ?? before?.Name,
  Type: update.Type,
  SubType: update.SubType ?? before?.SubType,
  StartTimestamp: before?.StartTimestamp ?? new Date(at),
  ...(isFinal(update.Action) && { EndTimestamp: new Date(at) }),
  Status: statusAfter[update.Action],
  ...details(update, before, at),
});

/**
 * What a checkpoint changes, without changing it: the operations as they are afterwards, and the events to remember.
 *
 * @throws LambdaFailure when one of the updates is not allowed; then none of them counts
 */
export const applyUpdates = (
  operations: ReadonlyMap<string, Operation>,
  updates: readonly OperationUpdate[],
  at: number,
): { readonly changed: ReadonlyMap<string, Operation>; readonly events: readonly Event[] } => {
  const changed = new Map<string, Operation>();
  const find = (id: string) => changed.get(id) ?? operations.get(id);
  const events = updates.map((update) => {
    const before = find(update.Id);
    checkSize(update);
    if (update.ParentId !== undefined && find(update.ParentId)?.Type !== 'CONTEXT') {
      throw invalidParameter('Invalid parent operation id.');
    }
    checkTransition(update, before);
    const after = operationAfter(update, before, at);
    changed.set(update.Id, after);
    return eventOf(update, after, at);
  });
  return { changed, events };
};
