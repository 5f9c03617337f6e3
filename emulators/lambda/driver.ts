import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCheckpoints, fireDueTimers, type Write } from './checkpoints.ts';
import { type Execution, nextTimerAt } from './execution.ts';
import {
  type InvocationOutcome,
  type InvocationTimestamps,
  invocationEvent,
  parseHandlerAnswer,
  retryDelayMs,
} from './invocations.ts';
import { JournalError } from './journal.ts';
import type { CheckpointRequest, Ended, ErrorObject } from './records.ts';

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

export type Driver = ReturnType<typeof createDriver>;

/** The longest time `setTimeout` takes. */
const maxTimeoutMs = 2 ** 31 - 1;

/** Drives one execution: invokes its function, fires its timers, takes its checkpoints. */
export const createDriver = ({ execution, write, invoke, timestamps, journalRetryMs }: Dependencies) => {
  const { at: startedAt, executionTimeoutMs, timeScale = 1 } = execution.started;
  const timesOutAt = startedAt + executionTimeoutMs / timeScale;
  const timeout = {
    ErrorType: 'ExecutionTimedOut',
    ErrorMessage: `Durable execution timed out after ${executionTimeoutMs / 1000} seconds`,
  };
  const checkpoints = createCheckpoints(execution, write);
  let timer: NodeJS.Timeout | undefined;
  let held: HeldStatus | undefined;
  let isInFlight = false;
  let isClosed = false;
  /** When the next invocation may begin, in epoch milliseconds. */
  let invokeAt = 0;

  const end = (how: Pick<Ended, 'status' | 'result' | 'error'>): Ended => {
    const ended: Ended = { kind: 'ended', at: Date.now(), ...how };
    write(ended);
    checkpoints.close();
    clearTimeout(timer);
    return ended;
  };

  /** Repeats what the journal could not take, until it can: the execution pauses meanwhile. `undefined`: it has ended. */
  const whenWritable = async <Result>(action: () => Result): Promise<Result | undefined> => {
    while (!isClosed && !execution.ended) {
      try {
        return action();
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
      }
      await sleep(journalRetryMs, undefined, { ref: false });
    }
    return undefined;
  };

  const fail = async (error: ErrorObject) => {
    await whenWritable(() => write({ kind: 'invocation-failed', at: Date.now(), error }));
    const delayMs = retryDelayMs(execution.failures);
    if (delayMs === undefined) await whenWritable(() => end({ status: 'FAILED', error }));
    else invokeAt = Date.now() + delayMs;
  };

  const settle = async (outcome: InvocationOutcome) => {
    if (outcome.kind === 'failed') return fail(outcome.error);
    const answer = await whenWritable(() => {
      const hasTimers = nextTimerAt(execution) < Infinity || execution.unseen.size > 0;
      const parsed = parseHandlerAnswer(outcome.payload, hasTimers);
      write({ kind: 'returned', at: Date.now(), answer: parsed.kind });
      return parsed;
    });
    if (answer?.kind === 'final') await whenWritable(() => end(answer.end));
  };

  const invokeOnce = async () => {
    const requestId = randomUUID();
    isInFlight = true;
    const event = await whenWritable(() => {
      const built = invocationEvent(execution, checkpoints.open(), timestamps());
      write({ kind: 'invoked', at: Date.now(), requestId });
      return built;
    });
    if (event !== undefined) {
      const outcome = await invoke(requestId, event);
      checkpoints.close();
      await settle(outcome);
    }
    isInFlight = false;
    advance();
  };

  /** Does what is due now, and sets the timer for what is due next. */
  const advance = (): void => {
    const now = Date.now();
    clearTimeout(timer);
    if (isClosed || execution.ended || held) return;
    try {
      if (now >= timesOutAt) return void end({ status: 'TIMED_OUT', error: timeout });
      fireDueTimers(execution, write, now);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      timer = setTimeout(advance, journalRetryMs);
      return;
    }
    const wantsInvocation = () => !isInFlight && !execution.suspended;
    if (wantsInvocation() && now >= invokeAt) void invokeOnce();
    const nextAt = Math.min(timesOutAt, nextTimerAt(execution), wantsInvocation() ? invokeAt : Infinity);
    timer = setTimeout(advance, Math.min(nextAt - now, maxTimeoutMs));
  };

  return {
    execution,
    status: (): Ended['status'] | HeldStatus | 'RUNNING' => execution.ended?.status ?? held ?? 'RUNNING',
    /** Shows another status and holds the execution, until `undefined` lets it go on. */
    hold: (status: HeldStatus | undefined): void => {
      held = status;
      advance();
    },
    checkToken: checkpoints.checkToken,
    checkpoint: (request: CheckpointRequest): object => {
      const answer = checkpoints.take(request);
      advance();
      return answer;
    },
    advance,
    /** Nothing follows, not even a checkpoint of the step in progress. An execution that has ended stays as it is. */
    stop: (error: ErrorObject): Ended => {
      const withoutReason = { ErrorType: 'ExecutionStopped', ErrorMessage: 'Durable execution stopped' };
      const hasReason = Object.values(error).some((field) => field !== undefined);
      return execution.ended ?? end({ status: 'STOPPED', error: hasReason ? error : withoutReason });
    },
    /** Clears the timer. The execution goes on when the service starts again on the same journal. */
    close: (): void => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
};
