import { randomUUID } from 'node:crypto';
import { type Checkpoints, createCheckpoints, fireDueTimers, type Record } from './checkpoints.ts';
import { type Execution, nextTimerAt, operationsToReplay } from './execution.ts';
import type { Ended } from './execution-record.ts';
import { type HandlerAnswer, parseHandlerAnswer } from './handler-answer.ts';
import type { InvocationOutcome } from './invocation.ts';
import type { ErrorObject } from './operation-update.ts';

type Dependencies = {
  readonly execution: Execution;
  readonly record: Record;
  readonly invoke: (requestId: string, event: unknown) => Promise<InvocationOutcome>;
};

/** Drives one execution: invokes its function, fires its timers, takes its checkpoints. */
export type Conductor = {
  readonly execution: Execution;
  readonly ended: Promise<Ended>;
  readonly checkToken: Checkpoints['checkToken'];
  readonly checkpoint: Checkpoints['take'];
  /** Does what is due now, and sets the clock for what is due next. */
  readonly advance: () => void;
  /** Nothing follows, not even a checkpoint of the step under way. An execution that has ended stays as it is. */
  readonly stop: (error: ErrorObject) => Ended;
  /** Lets go of the clock. The execution goes on when the service starts again on the same journal. */
  readonly close: () => void;
};

/** How much of the state travels with the invocation; the handler reads the rest page by page. */
const maxInitialOperations = 1000;
/** AWS gives up on a function that does nothing but crash after a few minutes, and so does this, after about three. */
const maxFailures = 10;
const backoffMs = (failures: number) => Math.min(250 * 2 ** failures, 60_000);
/** The longest time `setTimeout` takes. */
const maxTimeoutMs = 2 ** 31 - 1;

const invocationEvent = (execution: Execution, CheckpointToken: string, UpdatedOperationIds: readonly string[]) => {
  const operations = operationsToReplay(execution);
  return {
    DurableExecutionArn: execution.started.arn,
    CheckpointToken,
    UpdatedOperationIds,
    InitialExecutionState: {
      Operations: operations.slice(0, maxInitialOperations),
      ...(operations.length > maxInitialOperations && { NextMarker: String(maxInitialOperations - 1) }),
    },
  };
};

const answerOf = (execution: Execution, payload: unknown): HandlerAnswer =>
  parseHandlerAnswer(payload, nextTimerAt(execution) < Infinity || execution.unseen.size > 0);

export const createConductor = ({ execution, record, invoke }: Dependencies): Conductor => {
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<Ended>();
  const checkpoints = createCheckpoints(execution, record);
  const timesOutAt = execution.started.at + execution.started.executionTimeoutMs;
  let clock: NodeJS.Timeout | undefined;
  let isInFlight = false;
  let isClosed = false;
  let invokeAt = 0;

  const end = (how: Pick<Ended, 'status' | 'result' | 'error'>): Ended => {
    const ending: Ended = { kind: 'ended', at: Date.now(), ...how };
    record(ending);
    checkpoints.close();
    clearTimeout(clock);
    resolveEnded(ending);
    return ending;
  };

  const settle = (outcome: InvocationOutcome) => {
    const at = Date.now();
    if (outcome.kind === 'failed') {
      record({ kind: 'invocation-failed', at, error: outcome.error });
      invokeAt = at + backoffMs(execution.failures);
      if (execution.failures === maxFailures) end({ status: 'FAILED', error: outcome.error });
      return;
    }
    const answer = answerOf(execution, outcome.payload);
    record({ kind: 'returned', at, answer: answer.kind });
    if (answer.kind === 'final') end(answer.end);
  };

  const invokeOnce = async () => {
    const requestId = randomUUID();
    const updated = [...execution.unseen];
    record({ kind: 'invoked', at: Date.now(), requestId });
    isInFlight = true;
    const outcome = await invoke(requestId, invocationEvent(execution, checkpoints.open(), updated));
    isInFlight = false;
    checkpoints.close();
    if (isClosed || execution.ended) return;
    settle(outcome);
    advance();
  };

  const advance = () => {
    clearTimeout(clock);
    if (isClosed || execution.ended) return;
    const now = Date.now();
    if (now >= timesOutAt) {
      end({ status: 'TIMED_OUT' });
      return;
    }
    fireDueTimers(execution, record, now);
    if (!isInFlight && !execution.suspended && now >= invokeAt) void invokeOnce();
    const isBackingOff = !isInFlight && !execution.suspended;
    const nextAt = Math.min(timesOutAt, nextTimerAt(execution), isBackingOff ? invokeAt : Infinity);
    clock = setTimeout(advance, Math.min(nextAt - now, maxTimeoutMs));
  };

  if (execution.ended) resolveEnded(execution.ended);
  return {
    execution,
    ended,
    checkToken: checkpoints.checkToken,
    checkpoint: (request) => {
      const answer = checkpoints.take(request);
      advance();
      return answer;
    },
    advance,
    stop: (error) => execution.ended ?? end({ status: 'STOPPED', error }),
    close: () => {
      isClosed = true;
      clearTimeout(clock);
    },
  };
};
