import { useMemo, useState } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import { api } from '../api.ts';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { ViewTitle } from '../components/view-title.tsx';
import { useLoaded } from '../use-loaded.ts';
import { emptyFilter, groupsOf, InstanceFilter, matches } from './instance-filter.tsx';
import { InstanceTable } from './instance-table.tsx';
import { LogoutDialog } from './logout-dialog.tsx';
import { useStates } from './use-states.ts';

/** Every instance of the deployment, its state on demand, and the button that logs it out. */
export const InstancesView = () => {
  const { value: instances, problem, loading, reload } = useLoaded((signal) => api.listInstances({}, signal));
  const [filter, setFilter] = useState(emptyFilter);
  const [chosen, setChosen] = useState<Instance>();
  const { states, read, setState } = useStates();
  const shown = useMemo(() => instances?.filter((one) => matches(one, filter)) ?? [], [instances, filter]);
  const groups = useMemo(() => groupsOf(instances ?? []), [instances]);
  return (
    <>
      <ViewTitle title="Instances" />
      <InstanceFilter filter={filter} onChange={setFilter} groups={groups} />
      <div class="toolbar">
        <button type="button" onClick={reload}>
          Reload list
        </button>
        <span>{loading ? 'Loading…' : `${shown.length} of ${instances?.length ?? 0} instances`}</span>
      </div>
      {problem && <ProblemAlert problem={problem} />}
      {instances && <InstanceTable instances={shown} states={states} onRead={read} onLogOut={setChosen} />}
      {chosen && <LogoutDialog instance={chosen} onState={setState} onClose={() => setChosen(undefined)} />}
    </>
  );
};
