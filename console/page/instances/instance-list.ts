import type { Instance } from '../../../client/answers.ts';
import type { Client } from '../../../client/client.ts';
import { countOf } from '../../../client/count-of.ts';
import type { InstanceList } from '../../../client/instance-list.ts';
import type { Failure } from '../../../client/result.ts';
import { createPeople, type People, prepareForSearch } from '../../../functions/instances/people.ts';
import { createStore } from '../store.ts';

export type ListReading = {
  /** The list so far, or the last one that was read whole. */
  readonly list: InstanceList;
  readonly people: People<Instance>;
  /** When the last page was read, in milliseconds; missing: there is more to read. */
  readonly readAt?: number;
  readonly isReading: boolean;
  readonly problem?: Failure;
};

type Dependencies = Pick<Client, 'listInstances'> & { readonly now?: () => number };

/** Reads the list once for all views. While it is read for the first time, what has arrived can be shown and searched. */
export const createInstanceList = ({ listInstances, now = Date.now }: Dependencies) => {
  const store = createStore<ListReading>({ list: { instances: [] }, people: createPeople([]), isReading: false });

  /** To index everything after each page would cost the square of the list: it is done at each doubling. */
  const showPage = (list: InstanceList): void => {
    const { list: before, people: indexed, readAt } = store.get();
    const { instances } = list;
    prepareForSearch(instances.slice(before.instances.length));
    if (readAt !== undefined) return;
    const isDoubled = instances.length >= 2 * indexed.size;
    store.set({ list, people: isDoubled ? createPeople(instances) : indexed, isReading: true });
  };

  const read = async (): Promise<void> => {
    const { problem: _, ...before } = store.get();
    store.set({ ...before, isReading: true });
    const result = await listInstances({}, showPage);
    const list = result.kind === 'ok' ? result.value : store.get().list;
    const people = createPeople(list.instances);
    if (result.kind === 'ok') store.set({ list, people, isReading: false, readAt: now() });
    else store.set({ ...store.get(), people, isReading: false, problem: result });
  };

  return {
    store,
    /** Reads the list, unless it is being read or is not older than this, in milliseconds. */
    refresh: (maxAgeMs: number): void => {
      const { isReading, readAt } = store.get();
      if (!isReading && (readAt === undefined || now() - readAt >= maxAgeMs)) void read();
    },
  };
};

/** How much of the list has been read. @param expected its length when it was read last */
export const describeReading = ({ list, readAt, isReading }: ListReading, expected: number): string => {
  const { length } = list.instances;
  if (readAt !== undefined) return countOf(length, 'instance');
  const count = length.toLocaleString('en');
  if (!isReading) return `${count} read, then it failed`;
  return expected > length ? `${count} of about ${expected.toLocaleString('en')} read` : `${count} read, more to come`;
};
