import { randomUUID } from 'node:crypto';
import type { Operation } from '@aws-sdk/client-lambda';
import { type Execution, nextTimerAt, operationCountAfter } from './execution.ts';
import { applyUpdates } from './operations.ts';
import { invalidParameter } from './protocol.ts';
import type { CheckpointRequest, LaterRecord } from './records.ts';

/** Journals a record, and then applies it. @throws JournalError when it could not be journalled; then it does not count */
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

/** Writes the updates of a request, all of them or none, and returns the operations that are different now. */
const writeUpdates = (execution: Execution, write: Write, { Updates }: CheckpointRequest) => {
  const at = Date.now();
  fireDueTimers(execution, write, at);
  // Tried first: what is in the journal must be possible.
  applyUpdates(execution.operations, Updates, at, execution.started.timeScale);
  if (operationCountAfter(execution, Updates) > maxOperations) {
    throw invalidParameter(`A durable execution cannot have more than ${maxOperations} operations.`);
  }
  const changed = new Set([...Updates.map(({ Id }) => Id), ...execution.unseen]);
  // A request without updates, when nothing has changed, is not journalled.
  if (changed.size > 0) write({ kind: 'checkpoint', at, updates: Updates });
  return [...changed].map((id) => execution.operations.get(id));
};

type Taken = Pick<CheckpointRequest, 'CheckpointToken' | 'ClientToken'> & { readonly answer: CheckpointAnswer };

export const createCheckpoints = (execution: Execution, write: Write): Checkpoints => {
  let token: string | undefined;
  let last: Taken | undefined;

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

  /** The answer to the last request was lost, and this is the same request again. */
  const isRepeated = ({ ClientToken, CheckpointToken }: CheckpointRequest) =>
    ClientToken !== undefined && ClientToken === last?.ClientToken && CheckpointToken === last.CheckpointToken;

  const take = (request: CheckpointRequest): CheckpointAnswer => {
    if (token !== undefined && last && isRepeated(request)) return last.answer;
    checkToken(request.CheckpointToken);
    const Operations = writeUpdates(execution, write, request);
    token = randomUUID();
    const answer = { CheckpointToken: token, NewExecutionState: { Operations } };
    last = { ClientToken: request.ClientToken, CheckpointToken: request.CheckpointToken, answer };
    return answer;
  };

  return { open, close, checkToken, take };
};
