import type { Instance } from '../../../client/answers.ts';
import type { Owned } from '../../../functions/instances/people.ts';
import { api } from '../api.ts';
import { rememberCount } from '../kept.ts';
import { createStore } from '../store.ts';
import { createInstanceList } from './instance-list.ts';
import { createLogouts } from './logouts.ts';
import { createStates } from './states.ts';

/** The list of instances, their states and their logouts, kept while somebody goes from view to view. */
export const instanceList = createInstanceList(api);

instanceList.store.subscribe(() => {
  const { list, isReading, readAt } = instanceList.store.get();
  if (!isReading && readAt !== undefined) rememberCount(list.instances.length);
});

export const states = createStates(api);

export const logouts = createLogouts({
  ...api,
  onStart: states.forget,
  onState: (idInstance, state) => states.set(idInstance, { ...state, kind: 'read' }),
});

export const selection = createStore<{
  readonly instances: ReadonlyMap<string, Owned<Instance>>;
  /** Their logout has been started: what came of it is shown until another row is selected. */
  readonly isStarted: boolean;
}>({ instances: new Map(), isStarted: false });

export const search = createStore({ text: '', group: '' });
