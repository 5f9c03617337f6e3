import { type Event, GetDurableExecutionHistoryCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { FinishedStep } from '../forced-logout/progress.ts';
import { type LambdaFailure, lambdaFailureOf } from './lambda-failure.ts';

export type RunHistory = { readonly kind: 'history'; readonly steps: readonly FinishedStep[] };

/** Reads which steps of an execution have succeeded, and with what. Lambda allows 15 such calls a second and account. */
export type ReadHistory = (arn: string) => Promise<RunHistory | LambdaFailure>;

/** The most Lambda gives at once, so that nearly every run is one call. */
const pageSize = 1_000;
/** Time for reading pages, in milliseconds. */
const readingTimeMs = 10_000;

const finishedStep = ({ Name = '', StepSucceededDetails }: Event): readonly FinishedStep[] =>
  StepSucceededDetails === undefined ? [] : [{ name: Name, payload: StepSucceededDetails.Result?.Payload }];

export const createReadHistory = (client: Pick<LambdaClient, 'send'>): ReadHistory => {
  const readPage = (arn: string, marker: string | undefined) =>
    client.send(
      new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn, MaxItems: pageSize, Marker: marker }),
    );

  return async (arn) => {
    const end = performance.now() + readingTimeMs;
    const steps: FinishedStep[] = [];
    let marker: string | undefined;
    try {
      do {
        const { Events = [], NextMarker } = await readPage(arn, marker);
        steps.push(...Events.flatMap(finishedStep));
        marker = NextMarker;
      } while (marker !== undefined && performance.now() < end);
    } catch (error) {
      return lambdaFailureOf(error, 'lambda:GetDurableExecutionHistory');
    }
    // Half a history would be a wrong answer, not a short one.
    return marker === undefined
      ? { kind: 'history', steps }
      : { kind: 'unavailable', reason: 'Lambda: the history of the run was too long to read in time' };
  };
};
