import { randomUUID } from 'node:crypto';
import type { Operation } from '@aws-sdk/client-lambda';
import { applyUpdates } from './apply-updates.ts';
import { type Execution, nextTimerAt, operationCountAfter } from './execution.ts';
import type { LaterRecord } from './execution-record.ts';
import type { CheckpointRequest } from './operation-update.ts';
import { invalidParameter } from './wire.ts';

/** Journals a record, and then applies it. */
export type Write = (record: LaterRecord) => void;

export type CheckpointAnswer = {
  readonly CheckpointToken: string;
  readonly NewExecutionState: { readonly Operations: readonly (Operation | undefined)[] };
};

/** What one invocation after the other may write, each with its own tokens. */
export type Checkpoints = {
  /** Opens the execution to a new invocation, whose first token this is. */
  readonly open: () => string;
  /** From now on every token is stale. */
  readonly close: () => void;
  /** @throws LambdaFailure unless the token is that of the invocation in flight */
  readonly checkToken: (token: string | null) => void;
  readonly take: (request: CheckpointRequest) => CheckpointAnswer;
};

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxOperations = 3000;

export const fireDueTimers = (execution: Execution, write: Write, at: number): void => {
  if (nextTimerAt(execution) <= at) write({ kind: 'timers-fired', at });
};

/** Writes what a request asks for, all of it or nothing, and says which operations are different now. */
const writeUpdates = (execution: Execution, write: Write, { Updates }: CheckpointRequest) => {
  const at = Date.now();
  fireDueTimers(execution, write, at);
  // Tried first: what is in the journal must be possible.
  applyUpdates(execution.operations, Updates, at);
  if (operationCountAfter(execution, Updates) > maxOperations) {
    throw invalidParameter(`A durable execution cannot have more than ${maxOperations} operations.`);
  }
  const changed = new Set([...Updates.map(({ Id }) => Id), ...execution.unseen]);
  // A handler that only asks for news, and gets none, leaves no trace.
  if (changed.size > 0) write({ kind: 'checkpoint', at, updates: Updates });
  return [...changed].map((id) => execution.operations.get(id));
};

export const createCheckpoints = (execution: Execution, write: Write): Checkpoints => {
  let token: string | undefined;
  let last: { readonly clientToken: string | undefined; readonly answer: CheckpointAnswer } | undefined;

  const open = () => {
    last = undefined;
    token = randomUUID();
    return token;
  };

  const close = () => {
    token = undefined;
  };

  const checkToken = (candidate: string | null) => {
    if (token === undefined || candidate !== token) throw invalidParameter('Invalid Checkpoint Token');
  };

  const take = (request: CheckpointRequest): CheckpointAnswer => {
    const isRepeated = request.ClientToken !== undefined && request.ClientToken === last?.clientToken;
    // The answer got lost on its way: the same question gets it again.
    if (token !== undefined && last && isRepeated) return last.answer;
    checkToken(request.CheckpointToken);
    const Operations = writeUpdates(execution, write, request);
    token = randomUUID();
    const answer = { CheckpointToken: token, NewExecutionState: { Operations } };
    last = { clientToken: request.ClientToken, answer };
    return answer;
  };

  return { open, close, checkToken, take };
};
