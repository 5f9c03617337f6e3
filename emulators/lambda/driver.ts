import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Checkpoints, createCheckpoints, fireDueTimers, type Write } from './checkpoints.ts';
import { type Execution, nextTimerAt } from './execution.ts';
import {
  type InvocationOutcome,
  type InvocationTimestamps,
  invocationEvent,
  parseHandlerAnswer,
  retryDelayMs,
} from './invocations.ts';
import { JournalError } from './journal.ts';
import type { Ended, ErrorObject } from './records.ts';

/** Statuses that AWS has besides those of a run that goes on or has ended. */
export type HeldStatus = 'PAUSING' | 'PAUSED' | 'DELETING';

type Dependencies = {
  readonly execution: Execution;
  readonly write: Write;
  readonly invoke: (requestId: string, event: unknown) => Promise<InvocationOutcome>;
  readonly timestamps: () => InvocationTimestamps;
  /** Time before a record that could not be journalled is tried again, in milliseconds. */
  readonly journalRetryMs: number;
};

/** Drives one execution: invokes its function, fires its timers, takes its checkpoints. */
export type Driver = {
  readonly execution: Execution;
  readonly status: () => Ended['status'] | HeldStatus | 'RUNNING';
  /** Shows another status and holds the execution, until `undefined` lets it go on. */
  readonly hold: (status: HeldStatus | undefined) => void;
  readonly checkToken: Checkpoints['checkToken'];
  readonly checkpoint: Checkpoints['take'];
  /** Does what is due now, and sets the timer for what is due next. */
  readonly advance: () => void;
  /** Nothing follows, not even a checkpoint of the step in progress. An execution that has ended stays as it is. */
  readonly stop: (error: ErrorObject) => Ended;
  /** Clears the timer. The execution goes on when the service starts again on the same journal. */
  readonly close: () => void;
};

/** What is known of an execution besides its records, and lost with the process. */
type State = Dependencies & {
  readonly checkpoints: Checkpoints;
  timer: NodeJS.Timeout | undefined;
  held: HeldStatus | undefined;
  isInFlight: boolean;
  isClosed: boolean;
  /** When the next invocation may begin, in epoch milliseconds. */
  invokeAt: number;
};

/** The longest time `setTimeout` takes. */
const maxTimeoutMs = 2 ** 31 - 1;

const end = (state: State, how: Pick<Ended, 'status' | 'result' | 'error'>): Ended => {
  const ended: Ended = { kind: 'ended', at: Date.now(), ...how };
  state.write(ended);
  state.checkpoints.close();
  clearTimeout(state.timer);
  return ended;
};

/** Repeats what the journal could not take, until it can: the execution pauses meanwhile. `undefined`: it has ended. */
const whenWritable = async <Result>(state: State, action: () => Result): Promise<Result | undefined> => {
  while (!state.isClosed && !state.execution.ended) {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
    }
    await sleep(state.journalRetryMs, undefined, { ref: false });
  }
  return undefined;
};

const fail = async (state: State, error: ErrorObject) => {
  await whenWritable(state, () => state.write({ kind: 'invocation-failed', at: Date.now(), error }));
  const delayMs = retryDelayMs(state.execution.failures);
  if (delayMs === undefined) await whenWritable(state, () => end(state, { status: 'FAILED', error }));
  else state.invokeAt = Date.now() + delayMs;
};

const settle = async (state: State, outcome: InvocationOutcome) => {
  if (outcome.kind === 'failed') return fail(state, outcome.error);
  const { execution, write } = state;
  const answer = await whenWritable(state, () => {
    const hasTimers = nextTimerAt(execution) < Infinity || execution.unseen.size > 0;
    const parsed = parseHandlerAnswer(outcome.payload, hasTimers);
    write({ kind: 'returned', at: Date.now(), answer: parsed.kind });
    return parsed;
  });
  if (answer?.kind === 'final') await whenWritable(state, () => end(state, answer.end));
};

const invokeOnce = async (state: State) => {
  const { execution, write, invoke, checkpoints, timestamps } = state;
  const requestId = randomUUID();
  state.isInFlight = true;
  const event = await whenWritable(state, () => {
    const built = invocationEvent(execution, checkpoints.open(), timestamps());
    write({ kind: 'invoked', at: Date.now(), requestId });
    return built;
  });
  if (event !== undefined) {
    const outcome = await invoke(requestId, event);
    checkpoints.close();
    await settle(state, outcome);
  }
  state.isInFlight = false;
  advance(state);
};

const timeOut = (state: State) => {
  const seconds = state.execution.started.executionTimeoutMs / 1000;
  const error = {
    ErrorType: 'ExecutionTimedOut',
    ErrorMessage: `Durable execution timed out after ${seconds} seconds`,
  };
  return end(state, { status: 'TIMED_OUT', error });
};

const advance = (state: State) => {
  const { execution, write, isClosed, invokeAt } = state;
  const { at, executionTimeoutMs, timeScale = 1 } = execution.started;
  const timesOutAt = at + executionTimeoutMs / timeScale;
  const now = Date.now();
  clearTimeout(state.timer);
  if (isClosed || execution.ended || state.held) return;
  try {
    if (now >= timesOutAt) return void timeOut(state);
    fireDueTimers(execution, write, now);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    state.timer = setTimeout(() => advance(state), state.journalRetryMs);
    return;
  }
  const wantsInvocation = () => !state.isInFlight && !execution.suspended;
  if (wantsInvocation() && now >= invokeAt) void invokeOnce(state);
  const nextAt = Math.min(timesOutAt, nextTimerAt(execution), wantsInvocation() ? invokeAt : Infinity);
  state.timer = setTimeout(() => advance(state), Math.min(nextAt - now, maxTimeoutMs));
};

const stoppedWithoutReason = { ErrorType: 'ExecutionStopped', ErrorMessage: 'Durable execution stopped' };

export const createDriver = (dependencies: Dependencies): Driver => {
  const { execution, write } = dependencies;
  const checkpoints = createCheckpoints(execution, write);
  const initial = { timer: undefined, held: undefined, isInFlight: false, isClosed: false, invokeAt: 0 };
  const state: State = { ...dependencies, checkpoints, ...initial };
  return {
    execution,
    status: () => execution.ended?.status ?? state.held ?? 'RUNNING',
    hold: (status) => {
      state.held = status;
      advance(state);
    },
    checkToken: checkpoints.checkToken,
    checkpoint: (request) => {
      const answer = checkpoints.take(request);
      advance(state);
      return answer;
    },
    advance: () => advance(state),
    stop: (error) => {
      const reason = Object.values(error).some((field) => field !== undefined) ? error : stoppedWithoutReason;
      return execution.ended ?? end(state, { status: 'STOPPED', error: reason });
    },
    close: () => {
      state.isClosed = true;
      clearTimeout(state.timer);
    },
  };
};
