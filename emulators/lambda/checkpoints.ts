import { randomUUID } from 'node:crypto';
import { type Execution, nextTimerAt, operationCountAfter } from './execution.ts';
import { applyUpdates } from './operations.ts';
import { invalidParameter } from './protocol.ts';
import type { CheckpointRequest, LaterRecord } from './records.ts';

/** Journals a record, and then applies it. @throws JournalError when it could not be journalled; then it does not count */
export type Write = (record: LaterRecord) => void;

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

/** What one invocation after the other may write, each with its own tokens. */
export const createCheckpoints = (execution: Execution, write: Write) => {
  let token: string | undefined;
  let last: (Omit<CheckpointRequest, 'Updates'> & { readonly answer: object }) | undefined;

  /** @throws AwsError unless the token is that of the invocation in flight */
  const checkToken = (candidate: string | null): void => {
    if (token === undefined || candidate !== token) throw invalidParameter('Invalid Checkpoint Token');
  };

  return {
    /** Opens the execution to a new invocation, whose first token this is. */
    open: (): string => {
      last = undefined;
      token = randomUUID();
      return token;
    },
    /** From now on every token is stale. */
    close: (): void => {
      token = undefined;
    },
    checkToken,
    take: (request: CheckpointRequest): object => {
      const { CheckpointToken, ClientToken } = request;
      const isRepeated = ClientToken === last?.ClientToken && CheckpointToken === last?.CheckpointToken;
      // The answer to the last request was lost, and this is the same request again.
      if (token !== undefined && last && ClientToken !== undefined && isRepeated) return last.answer;
      checkToken(CheckpointToken);
      const Operations = writeUpdates(execution, write, request);
      token = randomUUID();
      last = { ClientToken, CheckpointToken, answer: { CheckpointToken: token, NewExecutionState: { Operations } } };
      return last.answer;
    },
  };
};
