import type { Event } from '@aws-sdk/client-lambda';
import type { Ended } from './execution-record.ts';
import type { ErrorObject } from './operation-update.ts';

export type FunctionOptions = {
  /** The built bundle that exports `handler`. */
  readonly bundle: string;
  /**
   * What the function finds in its environment besides what Lambda itself sets; nothing is inherited from this process.
   * When it gives something else than before, as when credentials are renewed, the next invocation gets a new process.
   */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Time allowed for one invocation, in milliseconds. @default 15 minutes */
  readonly timeoutMs?: number;
  /** Time allowed for a whole execution, in milliseconds. */
  readonly executionTimeoutMs: number;
  /** The alias it is invoked by. @default 'live' */
  readonly alias?: string;
};

export type ExecutionName = { readonly arn: string; readonly name: string; readonly functionName: string };

export type LambdaEvent =
  /** Something happened that `GetDurableExecutionHistory` tells as well: a start, a step's result, an end. */
  | { readonly kind: 'history'; readonly execution: ExecutionName; readonly event: Event }
  /** An execution that an earlier service left running goes on. */
  | { readonly kind: 'execution-resumed'; readonly execution: ExecutionName }
  | { readonly kind: 'worker-started'; readonly functionName: string; readonly pid: number | undefined }
  | {
      readonly kind: 'worker-exited';
      readonly functionName: string;
      readonly pid: number | undefined;
      readonly exit: string;
    };

/** What AWS sends to the dead-letter queue for an asynchronous execution that did not succeed: the original event. */
export type DeadLetter = ExecutionName & {
  readonly payload: string;
  readonly status: Exclude<Ended['status'], 'SUCCEEDED'>;
  readonly error: ErrorObject | undefined;
};

export type LambdaOptions = {
  /** @default a free one */
  readonly port?: number;
  /** Where executions are journalled. One service at a time. */
  readonly folder: string;
  readonly functions: Readonly<Record<string, FunctionOptions>>;
  /** @default '000000000000' */
  readonly accountId?: string;
  /** @default 'us-east-1' */
  readonly region?: string;
  readonly onEvent?: (event: LambdaEvent) => void;
  readonly deadLetter?: (letter: DeadLetter) => void;
  /** Takes what the functions print, line by line. @default passed through untouched */
  readonly onOutput?: (line: string, stream: 'stdout' | 'stderr') => void;
};
