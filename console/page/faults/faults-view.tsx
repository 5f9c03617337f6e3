import { describeState } from '../../../client/answers.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { ViewTitle } from '../components/view-title.tsx';
import { clearFaults, type EmulatedInstance, linkAgain, listEmulated, listFaults } from '../local-routes.ts';
import { useLoaded } from '../use-loaded.ts';
import { FaultForm } from './fault-form.tsx';
import { type Act, useAct } from './use-act.ts';

const labelId = (idInstance: string): string => `emulated-${idInstance}`;

const columnsOf = (act: Act): readonly Column<EmulatedInstance>[] => [
  { name: 'Instance', cell: ({ idInstance }) => <span id={labelId(idInstance)}>{idInstance}</span> },
  { name: 'State', cell: ({ stateInstance }) => <span class="badge">{describeState({ stateInstance })}</span> },
  { name: 'Faults', cell: ({ faults }) => faults.map(({ fault }) => fault).join(', ') || '–' },
  {
    name: 'Action',
    cell: ({ idInstance }) => (
      <div class="actions">
        <button
          type="button"
          aria-describedby={labelId(idInstance)}
          onClick={() => act(clearFaults(idInstance), `Faults of ${idInstance} cleared`)}
        >
          Clear faults
        </button>
        <button
          type="button"
          aria-describedby={labelId(idInstance)}
          onClick={() => act(linkAgain(idInstance), `${idInstance} is linked again`)}
        >
          Link again
        </button>
      </div>
    ),
  },
];

/** The GREEN-API emulator: its instances, and the faults it can be given. */
export const FaultsView = () => {
  const faults = useLoaded(listFaults);
  const emulated = useLoaded(listEmulated);
  const { act, problem } = useAct(emulated.reload);
  const failure = problem ?? faults.problem ?? emulated.problem;
  return (
    <>
      <ViewTitle title="Emulator faults" />
      <p>Make the GREEN-API emulator fail, then log the instance out and see the result.</p>
      {failure && <ProblemAlert problem={failure} />}
      {faults.value && emulated.value && (
        <>
          <FaultForm faults={faults.value} instances={emulated.value.instances} act={act} />
          <DataTable
            caption="Emulated instances"
            columns={columnsOf(act)}
            rows={emulated.value.instances}
            keyOf={({ idInstance }) => idInstance}
            empty="The emulator has no instance."
          />
        </>
      )}
    </>
  );
};
