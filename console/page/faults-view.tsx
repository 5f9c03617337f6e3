import { useState } from 'preact/hooks';
import { describeState } from '../../client/answers.ts';
import type { Result } from '../../client/result.ts';
import { Button } from './components/button.tsx';
import { type Column, DataTable } from './components/data-table.tsx';
import { Select } from './components/fields.tsx';
import { ProblemAlert } from './components/problem-alert.tsx';
import { useAct } from './components/use-act.ts';
import { ViewTitle } from './components/view-title.tsx';
import { clearFaults, type EmulatedInstance, linkAgain, listEmulated, listFaults, setFault } from './local-routes.ts';
import { useLoaded } from './use-loaded.ts';

/** Waits for a change, announces it, and loads the list again. */
type Change = (change: Promise<Result<unknown>>, done: string) => void;

type FaultFormProps = {
  readonly faults: Readonly<Record<string, string>>;
  readonly instances: readonly EmulatedInstance[];
  readonly change: Change;
};

const FaultForm = ({ faults, instances, change }: FaultFormProps) => {
  const ids = instances.map(({ idInstance }) => idInstance);
  const names = Object.keys(faults);
  const [idInstance, setIdInstance] = useState(ids[0] ?? '');
  const [fault, setFaultName] = useState(names[0] ?? '');
  const submit = (event: Event) => {
    event.preventDefault();
    change(setFault(idInstance, fault), `${idInstance} now has the fault ${fault}`);
  };
  return (
    <form class="filters" onSubmit={submit}>
      <Select label="Instance" value={idInstance} onInput={setIdInstance} options={ids} />
      <Select
        label="Fault"
        value={fault}
        onInput={setFaultName}
        options={names}
        wordsOf={(name) => `${name}: ${faults[name]}`}
      />
      <button type="submit" class="primary">
        Set fault
      </button>
    </form>
  );
};

const labelId = (idInstance: string): string => `emulated-${idInstance}`;

const columnsOf = (change: Change): readonly Column<EmulatedInstance>[] => [
  { name: 'Instance', cell: ({ idInstance }) => <span id={labelId(idInstance)}>{idInstance}</span> },
  { name: 'State', cell: ({ stateInstance }) => <span class="badge">{describeState({ stateInstance })}</span> },
  { name: 'Faults', cell: ({ faults }) => faults.map(({ fault }) => fault).join(', ') || '–' },
  {
    name: 'Action',
    cell: ({ idInstance }) => (
      <div class="actions">
        <Button
          aria-describedby={labelId(idInstance)}
          onClick={() => change(clearFaults(idInstance), `Faults of ${idInstance} cleared`)}
        >
          Clear faults
        </Button>
        <Button
          aria-describedby={labelId(idInstance)}
          onClick={() => change(linkAgain(idInstance), `${idInstance} is linked again`)}
        >
          Link again
        </Button>
      </div>
    ),
  },
];

/** The GREEN-API emulator: its instances, and the faults it can be given. */
export const FaultsView = () => {
  const faults = useLoaded(listFaults);
  const emulated = useLoaded(listEmulated);
  const { act, problem } = useAct();
  const change: Change = (call, done) => void act(call, () => done).then(emulated.reload);
  const failure = problem ?? faults.problem ?? emulated.problem;
  return (
    <>
      <ViewTitle title="Emulator faults" />
      <p>Make the GREEN-API emulator fail, then log the instance out and see the result.</p>
      {failure && <ProblemAlert problem={failure} />}
      {faults.value && emulated.value && (
        <>
          <FaultForm faults={faults.value} instances={emulated.value.instances} change={change} />
          <DataTable
            caption="Emulated instances"
            columns={columnsOf(change)}
            rows={emulated.value.instances}
            keyOf={({ idInstance }) => idInstance}
            empty="The emulator has no instance."
          />
        </>
      )}
    </>
  );
};
