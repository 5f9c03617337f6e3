import type * as v from 'valibot';
import {
  describeCount,
  describeNames,
  sumUnreadable,
  type UnreadableSecrets,
} from '../functions/instances/unreadable-secrets.ts';
import type { Instance, instancePageSchema } from './answers.ts';

/** The instances of a deployment, and what else lies among their secrets. */
export type InstanceList = {
  readonly instances: readonly Instance[];
  /** Secrets that are not understood: somebody's instance may be behind one. Missing: there is none. */
  readonly unreadable?: UnreadableSecrets;
};

type Page = v.InferOutput<typeof instancePageSchema>;

/** Makes one list of several pages. */
export const joinInstancePages = (pages: readonly Page[]): InstanceList => {
  const unreadable = sumUnreadable(pages.flatMap((page) => page.unreadable ?? []));
  return { instances: pages.flatMap(({ instances }) => instances), ...(unreadable.count > 0 && { unreadable }) };
};

/** What is not understood, for people; `undefined`: nothing. */
export const describeUnreadable = ({ unreadable }: InstanceList): string | undefined =>
  unreadable && `${describeCount(unreadable, 'among those of the instances')}: ${describeNames(unreadable)}.`;
