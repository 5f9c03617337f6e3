import type { ErrorObject } from './operation-update.ts';

/** What a worker process is sent: the event, and what Lambda's context says. */
export type Invocation = {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** When it is killed, in epoch milliseconds. */
  readonly deadlineAt: number;
  readonly event: unknown;
};

export type InvocationOutcome =
  | { readonly kind: 'answered'; readonly payload: unknown }
  /** The handler threw, ran out of time, or its process died. */
  | { readonly kind: 'failed'; readonly error: ErrorObject };
