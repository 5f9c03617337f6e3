import type * as v from 'valibot';
import {
  describeCount,
  describeNames,
  sumUnreadable,
  type UnreadableSecrets,
} from '../functions/instances/unreadable-secrets.ts';
import type { Instance, instancePageSchema } from './answers.ts';
import type { Result } from './result.ts';

/** The instances of a deployment, and what else lies among their secrets. */
export type InstanceList = {
  readonly instances: readonly Instance[];
  /** Secrets that are not understood: somebody's instance may be behind one. Missing: there is none. */
  readonly unreadable?: UnreadableSecrets;
};

type Page = v.InferOutput<typeof instancePageSchema>;

const join = (pages: readonly Page[]): InstanceList => {
  const unreadable = sumUnreadable(pages.flatMap((page) => page.unreadable ?? []));
  return { instances: pages.flatMap(({ instances }) => instances), ...(unreadable.count > 0 && { unreadable }) };
};

/** Makes one list of all its pages. */
export const joinInstancePages = (pages: Result<readonly Page[]>): Result<InstanceList> => {
  if (pages.kind !== 'ok') return pages;
  const value = join(pages.value);
  return { kind: 'ok', value, body: value };
};

/** What is not understood, for people; `undefined`: nothing. */
export const describeUnreadable = ({ unreadable }: InstanceList): string | undefined =>
  unreadable && `${describeCount(unreadable, 'among those of the instances')}: ${describeNames(unreadable)}.`;
