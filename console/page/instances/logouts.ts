import { describeConfirmation, type InstanceState, type LoggedOut } from '../../../client/answers.ts';
import { type Client, type LogoutRequest, longestWaitSeconds } from '../../../client/client.ts';
import { countOf } from '../../../client/count-of.ts';
import { mayPass, type Result } from '../../../client/result.ts';
import { createStore } from '../store.ts';

export type Order = LogoutRequest & {
  readonly reason: string;
  /** Days for which a run watches what was confirmed. */
  readonly watchDays?: number;
};

type Watching = { readonly days: number; readonly result: Result<{ readonly id: string }> };

export type Logout = { readonly order: Order } & (
  | { readonly kind: 'queued' }
  /** @property since in milliseconds */
  | { readonly kind: 'running'; readonly since: number }
  | { readonly kind: 'ended'; readonly result: Result<LoggedOut>; readonly watching?: Watching }
);

export const idsOf = (instances: readonly { readonly idInstance: string }[]): readonly string[] =>
  instances.map(({ idInstance }) => idInstance);

/** Whether a reading proved that the instance is out, even if something after it failed. */
export const isConfirmed = (logout: Logout | undefined): boolean => {
  if (logout?.kind !== 'ended') return false;
  const { result } = logout;
  return result.kind === 'ok' ? result.value.confirmed : result.kind === 'problem' && result.confirmed === true;
};

/** Whether somebody has to do something: the logout is not confirmed, or what came after it failed. */
export const hasFailed = (logout: Logout | undefined): boolean =>
  logout?.kind === 'ended' && (logout.result.kind !== 'ok' || !logout.result.value.confirmed);

/** Whether a run, which tries again by itself, may do what this logout did not. */
export const mayBeRun = (logout: Logout | undefined): boolean => {
  if (!hasFailed(logout) || isConfirmed(logout) || logout?.kind !== 'ended') return false;
  const { result } = logout;
  if (result.kind === 'problem' && result.retryable !== undefined) return result.retryable;
  return result.kind === 'ok' || mayPass(result);
};

export const isUnderWay = (logout: Logout | undefined): boolean => logout !== undefined && logout.kind !== 'ended';

export const describeConfirmed = (value: LoggedOut): string =>
  [...(value.alreadyLoggedOut ? ['it was logged out already'] : []), ...describeConfirmation(value)].join(', ');

/** How far several logouts have come, in one sentence; empty if there are none. */
export const describeLogouts = (logouts: readonly (Logout | undefined)[]): string => {
  const known = logouts.filter((logout) => logout !== undefined);
  if (known.length === 0) return '';
  const confirmed = known.filter(isConfirmed).length;
  const failed = known.filter(hasFailed).length;
  const counts = `${confirmed} of ${known.length} confirmed${failed > 0 ? `, ${failed} failed` : ''}`;
  if (known.some(isUnderWay)) return `Logging out: ${counts}.`;
  if (failed === 0) return known.length === 1 ? 'Logged out, confirmed.' : `All ${known.length} logged out, confirmed.`;
  return `${counts}. ${countOf(failed, 'instance')} ${failed === 1 ? 'needs' : 'need'} you.`;
};

const parallelLogouts = 5;

/** More than this are logged out by a run, which goes on when the page is closed. */
export const mostSingleLogouts = 20;

type Dependencies = Pick<Client, 'logOut' | 'startRun'> & {
  /** Gets the state that a logout brings with it. */
  readonly onState: (idInstance: string, state: InstanceState) => void;
  /** The state is about to change. */
  readonly onStart: (idInstance: string) => void;
  readonly now?: () => number;
};

export const createLogouts = ({ logOut, startRun, onState, onStart, now = Date.now }: Dependencies) => {
  const store = createStore<ReadonlyMap<string, Logout>>(new Map());
  const set = (idInstance: string, logout: Logout): void => store.set(new Map(store.get()).set(idInstance, logout));

  const logOutOne = async (idInstance: string, order: Order): Promise<void> => {
    set(idInstance, { kind: 'running', order, since: now() });
    onStart(idInstance);
    const { watchDays: _, ...request } = order;
    const result = await logOut(idInstance, request, longestWaitSeconds);
    const { stateInstance } = result.kind === 'ok' ? result.value : result.kind === 'problem' ? result : {};
    if (stateInstance !== undefined) onState(idInstance, { stateInstance, readAt: new Date(now()).toISOString() });
    set(idInstance, { kind: 'ended', order, result });
  };

  /** Only a run can watch. It finds these instances logged out, and begins to watch them. */
  const watch = async (ids: readonly string[], { reason, watchDays }: Order): Promise<void> => {
    const confirmed = ids.filter((id) => isConfirmed(store.get().get(id)));
    if (watchDays === undefined || confirmed.length === 0) return;
    const target = { instances: confirmed };
    const result = await startRun({ target, reason, watchDays, maxTargets: confirmed.length }, crypto.randomUUID());
    for (const id of confirmed) {
      const logout = store.get().get(id);
      if (logout?.kind === 'ended') set(id, { ...logout, watching: { days: watchDays, result } });
    }
  };

  /** Logs out those that are not being logged out already. Resolves when all have ended. */
  const start = async (ids: readonly string[], order: Order): Promise<void> => {
    const free = ids.filter((id) => !isUnderWay(store.get().get(id)));
    store.set(new Map([...store.get(), ...free.map((id) => [id, { kind: 'queued', order }] as const)]));
    // One iterator for all, so that each instance is taken once.
    const queue = free.values();
    const work = async (): Promise<void> => {
      for (const id of queue) await logOutOne(id, order);
    };
    await Promise.all(Array.from({ length: parallelLogouts }, work));
    await watch(free, order);
  };

  return {
    store,
    start,

    /** Logs out again, as they were ordered, those of the instances that failed. */
    retry: async (ids: readonly string[]): Promise<void> => {
      const orderOf = (id: string) => store.get().get(id)?.order;
      const failed = ids.filter((id) => hasFailed(store.get().get(id)));
      const groups = [...Map.groupBy(failed, orderOf)];
      await Promise.all(groups.map(([order, group]) => order && start(group, order)));
    },
  };
};
