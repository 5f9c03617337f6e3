import type { UnreadableSecrets } from '../instances/unreadable-secrets.ts';
import type { Resolved } from './results-from-steps.ts';
import { keptText } from './target-state.ts';

type Unreadable = NonNullable<Resolved['unreadable']>;

const none: UnreadableSecrets = { names: [], count: 0 };

const notUnderstood = ({ count }: UnreadableSecrets, where: string): string =>
  count === 1 ? `1 secret ${where} is not understood` : `${count} secrets ${where} are not understood`;

const listed = ({ names, count }: UnreadableSecrets): string =>
  [...names.map(keptText), ...(count > names.length ? [`${count - names.length} more`] : [])].join(', ');

const todo = 'name each after its idInstance, or tag it ignore = true';

/** What a run says of the secrets that it did not understand. */
export type UnreadableTexts = {
  /** How many belong to the target. */
  readonly count: number;
  /** For the failure; the notes have the names. */
  readonly message: string;
  readonly notes: readonly string[];
};

export const describeUnreadable = ({ ofTarget = none, others = none }: Partial<Unreadable> = {}): UnreadableTexts => {
  const message = `${notUnderstood(ofTarget, 'of the target')}, so somebody may still be logged in`;
  return {
    count: ofTarget.count,
    message,
    notes: [
      ...(ofTarget.count > 0 ? [`${message}: ${listed(ofTarget)} (${todo})`] : []),
      ...(others.count > 0 ? [`${notUnderstood(others, 'outside the target')}: ${listed(others)} (${todo})`] : []),
    ],
  };
};
