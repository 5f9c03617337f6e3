import { useMemo, useState } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import { describeUnreadable, type InstanceList } from '../../../client/instance-list.ts';
import { api } from '../api.ts';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { ViewTitle } from '../components/view-title.tsx';
import { useLoaded } from '../use-loaded.ts';
import { emptyFilter, groupsOf, InstanceFilter, matches } from './instance-filter.tsx';
import { InstanceTable } from './instance-table.tsx';
import { LogoutDialog } from './logout-dialog.tsx';
import { useStates } from './use-states.ts';

/** Somebody's instance may be behind a secret that is not understood. */
const UnreadableSecrets = ({ list }: { readonly list: InstanceList }) => {
  const text = describeUnreadable(list);
  return text === undefined ? null : (
    <div role="alert" class="problem">
      <p class="problem-title">Not every secret is understood</p>
      <p class="long">{text}</p>
    </div>
  );
};

/** Every instance of the deployment, its state on demand, and the button that logs it out. */
export const InstancesView = () => {
  const { value: list, problem, loading, reload } = useLoaded((signal) => api.listInstances({}, signal));
  const instances = list?.instances;
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
      {list && <UnreadableSecrets list={list} />}
      {instances && <InstanceTable instances={shown} states={states} onRead={read} onLogOut={setChosen} />}
      {chosen && (
        <LogoutDialog
          instance={chosen}
          known={states.get(chosen.idInstance)}
          onState={setState}
          onClose={() => setChosen(undefined)}
        />
      )}
    </>
  );
};
