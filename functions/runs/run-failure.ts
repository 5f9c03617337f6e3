import { DurableOperationError } from '@aws/durable-execution-sdk-js';
import { resultsOf } from './outcome.ts';
import { type Summary, summarize } from './summary.ts';

export type RunFailureType =
  /** The payload is not a run. */
  | 'InvalidRun'
  /** The run expired before it did anything. */
  | 'RunExpired'
  /** There were more targets than `maxTargets`, so the run logged nobody out. */
  | 'TooManyTargets'
  /** The run may not list the instances, so its targets are unknown. */
  | 'ListDenied'
  /** The run ended with at least one instance that is not confirmed. */
  | 'NotAllConfirmed'
  /** Every instance was protected, excepted or unknown. */
  | 'NobodyLoggedOut'
  /** A drill found at least one instance that could not be logged out. */
  | 'DrillFailed';

/** Fails an execution; the summary arrives as the data of its error. */
export class RunFailure extends DurableOperationError {
  readonly errorType: RunFailureType;

  constructor(errorType: RunFailureType, message: string, summary: Summary = summarize(resultsOf([]), message)) {
    super(message, undefined, JSON.stringify(summary));
    this.errorType = errorType;
  }
}
