import { DurableOperationError } from '@aws/durable-execution-sdk-js';
import { resultsOf } from './outcome.ts';
import { type Summary, summarize } from './results.ts';

export type RunFailureType =
  /** The payload is not a run. */
  | 'InvalidRun'
  /** It expired before anything was done. */
  | 'RunExpired'
  /** There were more targets than it may touch, and it touched none. */
  | 'TooManyTargets'
  /** The instances may not be listed, so nobody knows the targets. */
  | 'ListDenied'
  /** It did what it could, and at least one instance is not confirmed. */
  | 'NotAllConfirmed';

/** Fails an execution; the summary arrives as the data of its error. */
export class RunFailure extends DurableOperationError {
  readonly errorType: RunFailureType;

  constructor(errorType: RunFailureType, message: string, summary: Summary = summarize(resultsOf([]), message)) {
    super(message, undefined, JSON.stringify(summary));
    this.errorType = errorType;
  }
}
