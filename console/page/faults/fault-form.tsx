import { useState } from 'preact/hooks';
import { Select } from '../components/fields.tsx';
import { type EmulatedInstance, setFault } from '../local-routes.ts';
import type { Act } from './use-act.ts';

type FaultFormProps = {
  readonly faults: Readonly<Record<string, string>>;
  readonly instances: readonly EmulatedInstance[];
  readonly act: Act;
};

/** Gives one emulated instance one fault, until it is cleared. */
export const FaultForm = ({ faults, instances, act }: FaultFormProps) => {
  const [idInstance, setIdInstance] = useState(instances[0]?.idInstance ?? '');
  const [fault, setFaultName] = useState(Object.keys(faults)[0] ?? '');
  const submit = (event: Event) => {
    event.preventDefault();
    void act(setFault(idInstance, fault), `${idInstance} now has the fault ${fault}`);
  };
  return (
    <form class="filters" onSubmit={submit}>
      <Select label="Instance" value={idInstance} onChange={setIdInstance}>
        {instances.map((one) => (
          <option key={one.idInstance}>{one.idInstance}</option>
        ))}
      </Select>
      <Select label="Fault" value={fault} onChange={setFaultName}>
        {Object.entries(faults).map(([name, about]) => (
          <option key={name} value={name}>
            {name}: {about}
          </option>
        ))}
      </Select>
      <button type="submit" class="primary">
        Set fault
      </button>
    </form>
  );
};
