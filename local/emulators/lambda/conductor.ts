import { randomUUID } from 'node:crypto';
import { type Checkpoints, createCheckpoints, fireDueTimers, type Write } from './checkpoints.ts';
import { type Execution, nextTimerAt } from './execution.ts';
import type { Ended } from './execution-record.ts';
import { parseHandlerAnswer } from './handler-answer.ts';
import type { InvocationOutcome } from './invocation.ts';
import { invocationEvent } from './invocation-event.ts';
import type { ErrorObject } from './operation-update.ts';
import { retryDelayMs } from './retry-delay.ts';

type Dependencies = {
  readonly execution: Execution;
  readonly write: Write;
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

/** What is known of an execution besides its records, and lost with the process. */
type Conducting = Dependencies & {
  readonly checkpoints: Checkpoints;
  readonly ending: PromiseWithResolvers<Ended>;
  clock: NodeJS.Timeout | undefined;
  isInFlight: boolean;
  isClosed: boolean;
  /** When the next invocation may begin, in epoch milliseconds. */
  invokeAt: number;
};

/** The longest time `setTimeout` takes. */
const maxTimeoutMs = 2 ** 31 - 1;

const end = (conducting: Conducting, how: Pick<Ended, 'status' | 'result' | 'error'>): Ended => {
  const { write, checkpoints, ending, clock } = conducting;
  const ended: Ended = { kind: 'ended', at: Date.now(), ...how };
  write(ended);
  checkpoints.close();
  clearTimeout(clock);
  ending.resolve(ended);
  return ended;
};

const fail = (conducting: Conducting, error: ErrorObject) => {
  const at = Date.now();
  conducting.write({ kind: 'invocation-failed', at, error });
  const delayMs = retryDelayMs(conducting.execution.failures);
  if (delayMs === undefined) end(conducting, { status: 'FAILED', error });
  else conducting.invokeAt = at + delayMs;
};

const settle = (conducting: Conducting, outcome: InvocationOutcome) => {
  if (outcome.kind === 'failed') {
    fail(conducting, outcome.error);
    return;
  }
  const { execution, write } = conducting;
  const hasTimers = nextTimerAt(execution) < Infinity || execution.unseen.size > 0;
  const answer = parseHandlerAnswer(outcome.payload, hasTimers);
  write({ kind: 'returned', at: Date.now(), answer: answer.kind });
  if (answer.kind === 'final') end(conducting, answer.end);
};

const invokeOnce = async (conducting: Conducting) => {
  const { execution, write, invoke, checkpoints } = conducting;
  const requestId = randomUUID();
  const event = invocationEvent(execution, checkpoints.open());
  write({ kind: 'invoked', at: Date.now(), requestId });
  conducting.isInFlight = true;
  const outcome = await invoke(requestId, event);
  conducting.isInFlight = false;
  checkpoints.close();
  if (conducting.isClosed || execution.ended) return;
  settle(conducting, outcome);
  advance(conducting);
};

const advance = (conducting: Conducting) => {
  const { execution, write, isClosed, invokeAt } = conducting;
  const { at, executionTimeoutMs } = execution.started;
  const timesOutAt = at + executionTimeoutMs;
  const now = Date.now();
  clearTimeout(conducting.clock);
  if (isClosed || execution.ended) return;
  if (now >= timesOutAt) {
    end(conducting, { status: 'TIMED_OUT' });
    return;
  }
  fireDueTimers(execution, write, now);
  const wantsInvocation = () => !conducting.isInFlight && !execution.suspended;
  if (wantsInvocation() && now >= invokeAt) void invokeOnce(conducting);
  const nextAt = Math.min(timesOutAt, nextTimerAt(execution), wantsInvocation() ? invokeAt : Infinity);
  conducting.clock = setTimeout(() => advance(conducting), Math.min(nextAt - now, maxTimeoutMs));
};

export const createConductor = (dependencies: Dependencies): Conductor => {
  const { execution, write } = dependencies;
  const checkpoints = createCheckpoints(execution, write);
  const ending = Promise.withResolvers<Ended>();
  if (execution.ended) ending.resolve(execution.ended);
  const transient = { clock: undefined, isInFlight: false, isClosed: false, invokeAt: 0 };
  const conducting: Conducting = { ...dependencies, checkpoints, ending, ...transient };
  return {
    execution,
    ended: ending.promise,
    checkToken: checkpoints.checkToken,
    checkpoint: (request) => {
      const answer = checkpoints.take(request);
      advance(conducting);
      return answer;
    },
    advance: () => advance(conducting),
    stop: (error) => execution.ended ?? end(conducting, { status: 'STOPPED', error }),
    close: () => {
      conducting.isClosed = true;
      clearTimeout(conducting.clock);
    },
  };
};
