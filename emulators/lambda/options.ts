import type { Event } from '@aws-sdk/client-lambda';
import type { Truncation } from './history.ts';
import type { InvocationTimestamps } from './invocations.ts';
import type { Ended, ErrorObject } from './records.ts';

export type FunctionOptions = {
  /** The built bundle that exports `handler`. */
  readonly bundle: string;
  /**
   * What the function finds in its environment besides what Lambda itself sets; nothing is inherited from this process. It wins, so
   * that `AWS_ENDPOINT_URL_LAMBDA` may name a proxy.
   * When it gives something else than before, as when credentials are renewed, the next invocation gets a new process.
   */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Time allowed for one invocation, in milliseconds. @default 15 minutes */
  readonly timeoutMs?: number;
  /** Time allowed for a whole execution, in milliseconds. */
  readonly executionTimeoutMs: number;
  /** How many times faster than real time passes for its executions: their waits, and their clock. @default 1 */
  readonly timeScale?: number;
};

export type ExecutionName = { readonly arn: string; readonly name: string; readonly functionName: string };

export type LambdaEvent =
  /** Something happened that is also in the history: a start, a step's result, an end. */
  | { readonly kind: 'history'; readonly execution: ExecutionName; readonly event: Event }
  /** An execution that an earlier service left running goes on. `events` is its history so far. */
  | { readonly kind: 'execution-resumed'; readonly execution: ExecutionName; readonly events: readonly Event[] }
  | { readonly kind: 'worker-started'; readonly functionName: string; readonly pid: number | undefined }
  | {
      readonly kind: 'worker-exited';
      readonly functionName: string;
      readonly pid: number | undefined;
      readonly exit: string;
    };

/** What AWS sends to the dead-letter queue for an execution that did not succeed: the original event. */
export type DeadLetter = ExecutionName & {
  readonly payload: string;
  readonly status: Exclude<Ended['status'], 'SUCCEEDED'>;
  readonly error: ErrorObject | undefined;
};

/** How AWS may behave; each can be changed while the emulator runs. */
export type LambdaSettings = {
  /** How long an execution is missing from `ListDurableExecutionsByFunction` after its start, in milliseconds. @default 0 */
  listingLagMs: number;
  /** Which payloads the history leaves out. @default none */
  truncation: Truncation | undefined;
  /** How timestamps are written in the invocation event. @default 'iso' */
  timestamps: InvocationTimestamps;
};

export type LambdaOptions = {
  /** @default a free one */
  readonly port?: number;
  /** Where executions are journalled. One service at a time. */
  readonly folder: string;
  readonly functions: Readonly<Record<string, FunctionOptions>>;
  /** @default 'us-east-1' */
  readonly region?: string;
  readonly onEvent?: (event: LambdaEvent) => void;
  readonly deadLetter?: (letter: DeadLetter) => void;
  /** Takes what the functions print, line by line. @default passed through untouched */
  readonly onOutput?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Takes one line about a journal that is damaged, or cannot be written at the moment. @default written to stderr */
  readonly onProblem?: (line: string) => void;
  /** Time before a record that could not be journalled is tried again, in milliseconds. @default 5000 */
  readonly journalRetryMs?: number;
};
