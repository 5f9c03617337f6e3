import type { ErrorObject, OperationUpdate } from './operation-update.ts';

export type Started = {
  readonly kind: 'started';
  readonly at: number;
  readonly arn: string;
  readonly name: string;
  readonly functionName: string;
  /** The payload's text: a name is an idempotency key together with it. */
  readonly payload: string;
  readonly executionTimeoutMs: number;
  /** Whether nobody waits for the result, so that a failure goes to the dead-letter queue. */
  readonly asynchronous: boolean;
};

export type Ended = {
  readonly kind: 'ended';
  readonly at: number;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'STOPPED' | 'TIMED_OUT';
  readonly result?: string | undefined;
  readonly error?: ErrorObject | undefined;
};

/**
 * What the journal keeps of an execution, in order; its state is these records applied one after the other, and nothing
 * else. `at` is in epoch milliseconds.
 */
export type ExecutionRecord =
  | Started
  | { readonly kind: 'invoked'; readonly at: number; readonly requestId: string }
  | { readonly kind: 'checkpoint'; readonly at: number; readonly updates: readonly OperationUpdate[] }
  /** Every wait and retry that was due at `at` is over. */
  | { readonly kind: 'timers-fired'; readonly at: number }
  | { readonly kind: 'returned'; readonly at: number; readonly answer: 'pending' | 'final' }
  /** The invocation died, timed out or threw: it says nothing about the execution. */
  | { readonly kind: 'invocation-failed'; readonly at: number; readonly error: ErrorObject }
  | Ended;

/** What may follow the first record. */
export type LaterRecord = Exclude<ExecutionRecord, Started>;
