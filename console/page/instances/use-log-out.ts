import type { Failure } from '../../../client/result.ts';
import { useAnnounce } from '../components/announcer.tsx';
import { useStartRun } from '../runs/use-start-run.ts';
import { describeLogouts } from './describe-logout.ts';
import { logouts } from './live.ts';
import { mostSingleLogouts, type Order } from './logouts.ts';

export type LogOut = {
  readonly start: (ids: readonly string[], order: Order) => Promise<void>;
  /** Tries those again that failed, with the same options. */
  readonly retry: (ids: readonly string[]) => Promise<void>;
  /** Starts a run, which tries until each is confirmed. */
  readonly run: (ids: readonly string[], order: Order) => Promise<void>;
  readonly problem: Failure | undefined;
};

/** Logs instances out and announces the result. Many of them are logged out by a run. */
export const useLogOut = (): LogOut => {
  const announce = useAnnounce();
  const { problem, start: startRun } = useStartRun();
  const run = (ids: readonly string[], order: Order) =>
    startRun({ ...order, target: { instances: ids }, maxTargets: ids.length });
  const follow = async (ids: readonly string[], work: Promise<void>): Promise<void> => {
    announce('');
    await work;
    announce(describeLogouts(ids.map((id) => logouts.store.get().get(id))));
  };
  return {
    start: (ids, order) => (ids.length > mostSingleLogouts ? run(ids, order) : follow(ids, logouts.start(ids, order))),
    retry: (ids) => follow(ids, logouts.retry(ids)),
    run,
    problem,
  };
};
