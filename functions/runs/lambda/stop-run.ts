import { StopDurableExecutionCommand } from '@aws-sdk/client-lambda';
import { isEndStatus } from '../run-status.ts';
import { isRefusal, type LambdaFailure, lambdaFailureOf } from './failure.ts';
import type { Finder, RunStatus, UnknownRun } from './find-run.ts';

export type RunStop =
  /** By this call. The step under way finishes; nothing follows it. */
  | { readonly kind: 'stopped' }
  /** Before this call: there was nothing left to stop. */
  | { readonly kind: 'ended'; readonly status: RunStatus }
  | UnknownRun
  | LambdaFailure;

/** @param stoppedBy the caller; becomes part of the execution's error */
export type StopRun = (name: string, stoppedBy: string) => Promise<RunStop>;

const stoppedPrefix = 'Stopped by ';

/** The caller in the error of a stopped execution; `undefined`: it is another error. */
export const stoppedByIn = (message = ''): string | undefined =>
  message.startsWith(stoppedPrefix) ? message.slice(stoppedPrefix.length) : undefined;

export const createStopRun = ({ client, findRun }: Finder): StopRun => {
  const findEnded = async (name: string, failure: LambdaFailure): Promise<RunStop> => {
    const run = await findRun(name);
    return run.kind === 'found' && isEndStatus(run.status) ? { kind: 'ended', status: run.status } : failure;
  };

  return async (name, stoppedBy) => {
    const run = await findRun(name);
    if (run.kind !== 'found') return run;
    if (isEndStatus(run.status)) return { kind: 'ended', status: run.status };
    try {
      const reason = { ErrorType: 'RunStopped', ErrorMessage: `${stoppedPrefix}${stoppedBy}` };
      await client.send(new StopDurableExecutionCommand({ DurableExecutionArn: run.arn, Error: reason }));
      return { kind: 'stopped' };
    } catch (error) {
      const failure = lambdaFailureOf(error, 'lambda:StopDurableExecution');
      // It may have ended since it was found, and Lambda documents no error for that.
      return isRefusal(error) ? findEnded(name, failure) : failure;
    }
  };
};
