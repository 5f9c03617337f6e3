import { describeCount, describeNames, type UnreadableSecrets } from '../instances/unreadable-secrets.ts';
import type { Resolved } from './results-from-steps.ts';

const none: UnreadableSecrets = { names: [], count: 0 };

/** What a run says of the secrets that it did not understand. */
export type UnreadableTexts = {
  /** How many belong to the target. */
  readonly count: number;
  /** For the failure; the notes have the names. */
  readonly message: string;
  readonly notes: readonly string[];
};

export const describeUnreadable = ({
  ofTarget = none,
  others = none,
}: Partial<NonNullable<Resolved['unreadable']>> = {}): UnreadableTexts => {
  const message = `${describeCount(ofTarget, 'of the target')}, so somebody may still be logged in`;
  return {
    count: ofTarget.count,
    message,
    notes: [
      ...(ofTarget.count > 0 ? [`${message}: ${describeNames(ofTarget)}`] : []),
      ...(others.count > 0 ? [`${describeCount(others, 'outside the target')}: ${describeNames(others)}`] : []),
    ],
  };
};
