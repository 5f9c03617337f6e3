import type * as v from 'valibot';
import { describeCount, describeNames, sumUnreadable } from '../functions/instances/unreadable-secrets.ts';
import type { instancePageSchema } from './answers.ts';

type Page = Readonly<v.InferOutput<typeof instancePageSchema>>;

/** The instances of a deployment, and what else lies among their secrets. */
export type InstanceList = Omit<Page, 'next'>;

export const joinInstancePages = (pages: readonly Page[]): InstanceList => {
  const unreadable = sumUnreadable(pages.flatMap((page) => page.unreadable ?? []));
  return { instances: pages.flatMap(({ instances }) => instances), ...(unreadable.count > 0 && { unreadable }) };
};

/** What is not understood, for people; `undefined`: nothing. */
export const describeUnreadable = ({ unreadable }: InstanceList): string | undefined =>
  unreadable && `${describeCount(unreadable, 'among those of the instances')}: ${describeNames(unreadable)}.`;
