import type { Instance } from '../../../client/answers.ts';
import type { Owned, Person } from '../../../functions/instances/people.ts';
import { InstanceRow } from '../instances/instance-row.tsx';
import { selection } from '../instances/live.ts';
import { useStored } from '../use-store.ts';
import { addressOf, nameOf } from './search-results.ts';

/** A state in the list stays for so long: the page of the person reads it more often. */
const maxAgeMs = 5 * 60_000;

const select = (instance: Owned<Instance>, isSelected: boolean): void => {
  const instances = new Map(selection.get().instances);
  if (isSelected) instances.set(instance.idInstance, instance);
  else instances.delete(instance.idInstance);
  selection.set({ instances, isStarted: false });
};

const SelectableRow = ({ instance }: { readonly instance: Owned<Instance> }) => {
  const isSelected = useStored(selection, ({ instances }) => instances.has(instance.idInstance));
  return (
    <InstanceRow
      instance={instance}
      maxAgeMs={maxAgeMs}
      isSelected={isSelected}
      onSelect={(isOn) => select(instance, isOn)}
    />
  );
};

export const PersonItem = ({ person }: { readonly person: Person<Instance> }) => {
  const name = nameOf(person);
  return (
    <li class="person">
      <a class="who" href={addressOf(person)}>
        <strong>{name}</strong>
        {person.identity !== undefined && person.identity !== name && <span>{person.identity}</span>}
        {person.identity === undefined && <span class="muted">no owner</span>}
      </a>
      <ul class="instances" aria-label={`Instances of ${name}`}>
        {person.instances.map((instance) => (
          <SelectableRow key={instance.idInstance} instance={instance} />
        ))}
      </ul>
    </li>
  );
};
