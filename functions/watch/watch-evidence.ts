import { type Evidence, outcomeSource } from '../logout/evidence.ts';
import { linkedAgainText } from '../logout/sentence.ts';
import type { WatchRequest } from '../runs/start-watch.ts';

export type WatchIdentity = { readonly id: string; readonly request: WatchRequest; readonly startedAt: string };

export type LinkedReading = { readonly at: string; readonly stateInstance: string };

/**
 * The record of an instance that somebody linked again after its logout was confirmed.
 *
 * @param readings two in a row
 */
export const linkedAgainEvidence = (
  { id, request, startedAt }: WatchIdentity,
  idInstance: Evidence['idInstance'],
  readings: readonly LinkedReading[],
  stateInstance: string,
  tags: NonNullable<NonNullable<Evidence['run']>['tags']>,
) => {
  const { run, source, until: _, instances: __, ...requester } = request;
  return {
    version: 1,
    idInstance,
    function: 'watch',
    watch: id,
    ...requester,
    requestedAt: startedAt,
    readings,
    outcome: { kind: 'linked-again', stateInstance },
    run: { id: run, source, tags },
  } as const;
};

export type LinkedAgainEvidence = ReturnType<typeof linkedAgainEvidence>;

export const linkedAgainDetailType = 'Instance Linked Again';

/** The event on the stack's bus. A rule on it may start another run. */
export const linkedAgainEventOf = (evidence: LinkedAgainEvidence) => {
  const { idInstance, outcome, reason, run } = evidence;
  const instance = { idInstance, owner: run.tags?.owner };
  const text = linkedAgainText(instance, outcome.stateInstance, reason);
  return { source: outcomeSource, detailType: linkedAgainDetailType, detail: { ...evidence, text } };
};

/** The metric of instances that were linked again, used by the dashboard and the alarm too. */
export const linkedAgainMetric = 'linkedAgain';

/** The metric of watched instances that cannot be read, used by the alarm too: from the third poll in a row, or at once if the token is rejected. */
export const watchUnreadMetric = 'watchUnread';
