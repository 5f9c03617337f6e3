import type { InstanceState } from '../../../client/answers.ts';
import type { Client } from '../../../client/client.ts';
import { describeFailure, type Words } from '../describe-failure.ts';
import { createStore } from '../store.ts';

export type KnownState =
  | ({ readonly kind: 'read' } & InstanceState)
  | { readonly kind: 'problem'; readonly problem: Words };

/** Calls at a time. GREEN-API's own limit is one a second for each instance. */
const parallelReadings = 4;
const shortestPauseMs = 1_500;

type Dependencies = Pick<Client, 'readState'> & { readonly now?: () => number };

/** Reads the states of the instances that somebody looks at, a few at a time. */
export const createStates = ({ readState, now = Date.now }: Dependencies) => {
  const store = createStore<ReadonlyMap<string, KnownState>>(new Map());
  const waiting = new Set<string>();
  const reading = new Set<string>();
  const askedAt = new Map<string, number>();

  const set = (idInstance: string, state: KnownState): void => {
    askedAt.set(idInstance, now());
    store.set(new Map(store.get()).set(idInstance, state));
  };

  const read = async (idInstance: string): Promise<void> => {
    waiting.delete(idInstance);
    reading.add(idInstance);
    const result = await readState(idInstance);
    reading.delete(idInstance);
    const isOutdated = !askedAt.has(idInstance);
    if (!isOutdated && result.kind === 'ok') set(idInstance, { ...result.value, kind: 'read' });
    if (!isOutdated && result.kind !== 'ok') set(idInstance, { kind: 'problem', problem: describeFailure(result) });
    readNext();
  };

  const readNext = (): void => {
    for (const idInstance of waiting) {
      if (reading.size >= parallelReadings) return;
      askedAt.set(idInstance, now());
      void read(idInstance);
    }
  };

  return {
    store,

    /** Somebody looks at the instance: its state is read unless it was within `maxAgeMs`. */
    want: (idInstance: string, maxAgeMs: number): void => {
      const asked = askedAt.get(idInstance);
      const isFresh = asked !== undefined && now() - asked < Math.max(maxAgeMs, shortestPauseMs);
      if (isFresh || reading.has(idInstance)) return;
      waiting.add(idInstance);
      readNext();
    },

    /** Nobody looks at it any more. */
    unwant: (idInstance: string): void => void waiting.delete(idInstance),

    /** Takes a state that another call brought. */
    set,

    /** The state is about to change: what is being read is out of date when it arrives. */
    forget: (idInstance: string): void => {
      waiting.delete(idInstance);
      askedAt.delete(idInstance);
    },
  };
};
