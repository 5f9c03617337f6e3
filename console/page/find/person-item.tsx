import type { Instance } from '../../../client/answers.ts';
import type { Person } from '../../../functions/instances/people.ts';
import { InstanceRow } from '../instances/instance-row.tsx';
import { logouts, selection, states } from '../instances/live.ts';
import { useStore } from '../use-store.ts';
import { addressOf, nameOf } from './search-results.ts';

/** A state in the list stays for so long: the page of the person reads it more often. */
const maxAgeMs = 5 * 60_000;

/** One person of the list with their instances. */
export const PersonItem = ({ person }: { readonly person: Person<Instance> }) => {
  const known = useStore(states.store);
  const progress = useStore(logouts.store);
  const selected = useStore(selection).instances;
  const name = nameOf(person);
  const select = (instance: (typeof person.instances)[number], isSelected: boolean) => {
    const next = new Map(selected);
    if (isSelected) next.set(instance.idInstance, instance);
    else next.delete(instance.idInstance);
    selection.set({ instances: next, isStarted: false });
  };
  return (
    <li class="person">
      <a class="who" href={addressOf(person)}>
        <strong>{name}</strong>
        {person.identity !== undefined && person.identity !== name && <span class="long">{person.identity}</span>}
        {person.identity === undefined && <span class="muted">no owner</span>}
      </a>
      <ul class="instances" aria-label={`Instances of ${name}`}>
        {person.instances.map((instance) => (
          <InstanceRow
            key={instance.idInstance}
            instance={instance}
            state={known.get(instance.idInstance)}
            logout={progress.get(instance.idInstance)}
            maxAgeMs={maxAgeMs}
            isSelected={selected.has(instance.idInstance)}
            onSelect={(isSelected) => select(instance, isSelected)}
          />
        ))}
      </ul>
    </li>
  );
};
