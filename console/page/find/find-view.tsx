import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import { countOf } from '../../../client/count-of.ts';
import type { Owned, Person } from '../../../functions/instances/people.ts';
import { Button } from '../components/button.tsx';
import { Select } from '../components/fields.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { ViewTitle } from '../components/view-title.tsx';
import { describeReading, type ListReading } from '../instances/instance-list.ts';
import { InstanceRow } from '../instances/instance-row.tsx';
import { instanceList, search, selection } from '../instances/live.ts';
import { UnreadableSecrets } from '../instances/unreadable-secrets.tsx';
import { expectedCount } from '../kept.ts';
import { useStore, useStored } from '../use-store.ts';
import { SearchField } from './search-field.tsx';
import { addressOf, groupsOf, isQuery, nameOf, nearestTo, resultsOf, type Search, shownOf } from './search-results.ts';
import { SelectionBar } from './selection-bar.tsx';

/** The list is read again when the view appears and it is older than this. A change of a tag takes as long to show. */
const listMaxAgeMs = 5 * 60_000;
/** More rows than this are shown on demand, so that thousands stay fast. */
const rowsAtATime = 30;

/** A letter stands in the field before anything is searched. */
const searchRestMs = 100;
/** Finding similar names costs more than a search: it waits until the typing rests. */
const nearestRestMs = 300;

type NoResultProps = { readonly reading: ListReading; readonly wanted: Search };

const NoResult = ({ reading, wanted: { text, group } }: NoResultProps) => {
  const { instances } = reading.list;
  const [nearest, setNearest] = useState<ReturnType<typeof nearestTo>>([]);
  useEffect(() => {
    setNearest([]);
    const timer = setTimeout(() => setNearest(nearestTo(instances, text)), nearestRestMs);
    return () => clearTimeout(timer);
  }, [instances, text]);
  if (!isQuery(text))
    return (
      <p>
        {group === ''
          ? 'No instance is enrolled yet. Each needs one secret, with the tags owner and group.'
          : `No instance has the group ${group} now.`}
      </p>
    );
  const where = reading.readAt === undefined ? 'among the instances read so far' : 'here';
  return (
    <div>
      <p>
        Nobody {where} matches <strong>{text.trim()}</strong>
        {group !== '' && ` in the group ${group}`}. Searched were ids, owners, names, and the last digits of phone
        numbers.
      </p>
      {nearest.length > 0 && (
        <p class="picks">
          Did you mean{' '}
          {nearest.map(({ label, text: meant }) => (
            <Button key={meant} onClick={() => search.set({ text: meant, group: '' })}>
              {label}
            </Button>
          ))}
        </p>
      )}
      <p>Not enrolled? An instance without a secret cannot be logged out from here.</p>
    </div>
  );
};

/** A state in the list stays for so long: the page of the person reads it more often. */
const stateMaxAgeMs = 5 * 60_000;

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
      maxAgeMs={stateMaxAgeMs}
      isSelected={isSelected}
      onSelect={(isOn) => select(instance, isOn)}
    />
  );
};

const PersonItem = ({ person }: { readonly person: Person<Instance> }) => {
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

const useResults = (reading: ListReading, wanted: Search) => {
  const [most, setMost] = useState(rowsAtATime);
  useEffect(() => setMost(rowsAtATime), [wanted]);
  const found = useMemo(() => resultsOf(reading.people, wanted, most), [reading.people, wanted, most]);
  const shown = shownOf(found, most);
  const total = reading.list.instances.length;
  const hasMore = shown.length < found.length || (!isQuery(wanted.text) && most < total);
  return { found, shown, showMore: hasMore ? () => setMost(most + rowsAtATime) : undefined };
};

/** Whose phone is it? Finds people by name, number, address or instance, while the list is still being read. */
export const FindView = () => {
  const reading = useStore(instanceList.store);
  const asked = useStore(search);
  const [wanted, setWanted] = useState(asked);
  useEffect(() => {
    const timer = setTimeout(() => setWanted(asked), searchRestMs);
    return () => clearTimeout(timer);
  }, [asked]);
  const { found, shown, showMore } = useResults(reading, wanted);
  const [expected] = useState(expectedCount);
  useEffect(() => instanceList.refresh(listMaxAgeMs), []);
  const groups = useMemo(() => groupsOf(reading.list.instances), [reading.list]);
  const [person] = found;
  const isSearched = isQuery(wanted.text);
  const isNobody = found.length === 0 && (isSearched || reading.readAt !== undefined);
  return (
    <>
      <ViewTitle title="Whose phone is it?" takesFocus={false} />
      <search class="find">
        <SearchField
          text={asked.text}
          onText={(text) => search.set({ ...asked, text })}
          onEnter={() => found.length === 1 && person && location.assign(addressOf(person))}
        />
        {groups.length > 1 && (
          <Select
            label="Group"
            value={asked.group}
            onInput={(group) => search.set({ ...asked, group })}
            none="All groups"
            options={groups}
          />
        )}
      </search>
      <p class="counts">
        <span aria-live="polite">{isSearched && `${countOf(found.length, 'person', 'people')} found. `}</span>
        <span class="muted">{describeReading(reading, expected)}</span>
        {reading.readAt !== undefined && !reading.isReading && (
          <Button class="plain" onClick={() => instanceList.refresh(0)}>
            Read again
          </Button>
        )}
      </p>
      {reading.problem && (
        <>
          <ProblemAlert problem={reading.problem} />
          <Button onClick={() => instanceList.refresh(0)}>Read the list again</Button>
        </>
      )}
      <UnreadableSecrets list={reading.list} />
      {isNobody && <NoResult reading={reading} wanted={wanted} />}
      <ul class="people" aria-label="People">
        {shown.map((each) => (
          <PersonItem key={addressOf(each)} person={each} />
        ))}
      </ul>
      {showMore && <Button onClick={showMore}>Show more</Button>}
      <SelectionBar />
    </>
  );
};
