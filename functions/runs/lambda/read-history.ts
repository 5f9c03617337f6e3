import { type Event, GetDurableExecutionHistoryCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { defined } from '../../platform/defined.ts';
import type { FinishedStep } from '../results-from-steps.ts';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';

/** Reads which operations of an execution have ended, and with what. Lambda allows 15 such calls per second and account. */
export type ReadHistory = (arn: string) => Promise<RunHistory | LambdaFailure>;

/** Most events of one answer, so that nearly every run is one call. */
const pageSize = 1_000;
/** Time for reading pages, in milliseconds. */
const readingTimeMs = 10_000;

type Operation = {
  readonly name: string;
  readonly isOpen: boolean;
  readonly until?: Date;
  readonly step?: FinishedStep;
};

const later = (from: Date | undefined, seconds: number): Date =>
  new Date((from ?? new Date()).getTime() + seconds * 1_000);

/** The state of the operation that an event is about; `undefined`: the event is about the execution. */
const operationOf = (event: Event): Operation | undefined => {
  const { EventType, Name: name = '', EventTimestamp } = event;
  switch (EventType) {
    case 'StepStarted':
      return { name, isOpen: true };
    case 'StepSucceeded': {
      const { Payload, Truncated } = event.StepSucceededDetails?.Result ?? {};
      return { name, isOpen: false, step: { name, payload: Truncated ? undefined : Payload } };
    }
    case 'StepFailed': {
      const seconds = event.StepFailedDetails?.RetryDetails?.NextAttemptDelaySeconds;
      return seconds === undefined
        ? { name, isOpen: false }
        : { name, isOpen: true, until: later(EventTimestamp, seconds) };
    }
    case 'WaitStarted': {
      const { ScheduledEndTimestamp, Duration = 0 } = event.WaitStartedDetails ?? {};
      return { name, isOpen: true, until: ScheduledEndTimestamp ?? later(EventTimestamp, Duration) };
    }
    case 'WaitSucceeded':
    case 'WaitCancelled':
      return { name, isOpen: false };
  }
  return undefined;
};

const historyOf = (events: readonly Event[]) => {
  const operations = new Map<string, Operation>();
  for (const event of events) {
    const operation = operationOf(event);
    if (operation !== undefined) operations.set(event.Id ?? operation.name, operation);
  }
  const newest = [...operations.values()];
  const open = newest.filter(({ isOpen }) => isOpen);
  const steps: readonly FinishedStep[] = newest.flatMap(({ step }) => step ?? []);
  return defined({
    kind: 'history',
    /** Those that have succeeded. */
    steps,
    /** Names of the steps that have started and not ended. */
    unfinished: open.map(({ name }) => name),
    /** The wait that the run is in, or the step that it waits to try again. */
    waiting: open.flatMap(({ name, until }) => (until === undefined ? [] : [{ name, until }])).at(-1),
  });
};

export type RunHistory = ReturnType<typeof historyOf>;

export const createReadHistory = (client: Pick<LambdaClient, 'send'>): ReadHistory => {
  const readPage = (arn: string, marker: string | undefined) =>
    client.send(
      new GetDurableExecutionHistoryCommand({
        DurableExecutionArn: arn,
        IncludeExecutionData: true,
        MaxItems: pageSize,
        Marker: marker,
      }),
    );

  return async (arn) => {
    const end = performance.now() + readingTimeMs;
    const events: Event[] = [];
    let marker: string | undefined;
    try {
      do {
        const { Events = [], NextMarker } = await readPage(arn, marker);
        events.push(...Events);
        marker = NextMarker;
      } while (marker !== undefined && performance.now() < end);
    } catch (error) {
      return lambdaFailureOf(error, 'lambda:GetDurableExecutionHistory');
    }
    // Half a history would be a wrong answer, not a short one.
    if (marker !== undefined)
      return { kind: 'unavailable', detail: 'Lambda: the history of the run was too long to read in time' };
    const history = historyOf(events);
    // AWS does not document from what size a result is cut off. Part of a result would be a wrong answer.
    return history.steps.some(({ payload }) => payload === undefined)
      ? { kind: 'unavailable', detail: 'Lambda: part of the history of the run is cut off; its evidence is complete' }
      : history;
  };
};
