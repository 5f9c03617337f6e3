import type { Instance } from '../../../client/answers.ts';
import type { Owned } from '../../../functions/instances/people.ts';
import { Button } from '../components/button.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { useMay } from '../sign-in/may.ts';
import { useStore } from '../use-store.ts';
import { logouts } from './live.ts';
import { LogoutButton } from './logout-dialog.tsx';
import { hasFailed, idsOf, mayBeRun } from './logouts.ts';
import { useLogOut } from './use-log-out.ts';

/** What can be done when logouts failed: the same again, something else, or a run. Nothing if none failed. */
export const LogoutActions = ({ instances }: { readonly instances: readonly Owned<Instance>[] }) => {
  const progress = useStore(logouts.store);
  const may = useMay();
  const { retry, run, problem } = useLogOut();
  const failed = instances.filter(({ idInstance }) => hasFailed(progress.get(idInstance)));
  const [first] = failed;
  const order = first && progress.get(first.idInstance)?.order;
  if (order === undefined) return null;
  const ids = idsOf(failed);
  // A run leaves protected instances alone.
  const forRun = failed.filter((one) => !one.protected && mayBeRun(progress.get(one.idInstance)));
  const startRun = () => run(idsOf(forRun), order);
  return (
    <>
      {problem && <ProblemAlert problem={problem} />}
      <Button isFleeting class="danger" onClick={() => void retry(ids)}>
        {ids.length === 1 ? 'Try the failed one again' : `Try the ${ids.length} failed ones again`}
      </Button>
      <LogoutButton instances={failed} initial={order}>
        Change the options
      </LogoutButton>
      {forRun.length > 0 && may('runs') && (
        <Button onClick={startRun}>Start a run, which retries until the logout is confirmed</Button>
      )}
    </>
  );
};
