import { announce } from '../components/announcer.tsx';
import { useStartRun } from '../runs/use-start-run.ts';
import { logouts } from './live.ts';
import { describeLogouts, mostSingleLogouts, type Order } from './logouts.ts';

/** Logs instances out and announces the result. Many of them are logged out by a run. */
export const useLogOut = () => {
  const { problem, start: startRun } = useStartRun();
  const follow = async (ids: readonly string[], work: Promise<void>): Promise<void> => {
    announce('');
    await work;
    announce(describeLogouts(ids.map((id) => logouts.store.get().get(id))));
  };
  /** Starts a run, which tries until each is confirmed. */
  const run = (ids: readonly string[], order: Order) =>
    startRun({ ...order, target: { instances: ids }, maxTargets: ids.length });
  return {
    problem,
    run,
    start: (ids: readonly string[], order: Order) =>
      ids.length > mostSingleLogouts ? run(ids, order) : follow(ids, logouts.start(ids, order)),
    /** Tries those again that failed, with the same options. */
    retry: (ids: readonly string[]) => follow(ids, logouts.retry(ids)),
  };
};
