import { useEffect, useMemo, useState } from 'preact/hooks';
import { countOf } from '../../../client/count-of.ts';
import { Button } from '../components/button.tsx';
import { Select } from '../components/fields.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { ViewTitle } from '../components/view-title.tsx';
import { describeReading, type ListReading } from '../instances/instance-list.ts';
import { instanceList, search } from '../instances/live.ts';
import { UnreadableSecrets } from '../instances/unreadable-secrets.tsx';
import { expectedCount } from '../kept.ts';
import { useStore } from '../use-store.ts';
import { NoResult } from './no-result.tsx';
import { PersonItem } from './person-item.tsx';
import { SearchField } from './search-field.tsx';
import { addressOf, groupsOf, isQuery, resultsOf, shownOf } from './search-results.ts';
import { SelectionBar } from './selection-bar.tsx';

/** The list is read again when the view appears and it is older than this. A change of a tag takes as long to show. */
const maxAgeMs = 5 * 60_000;
/** More rows than this are shown on demand, so that thousands stay fast. */
const rowsAtATime = 30;

const useResults = (reading: ListReading) => {
  const wanted = useStore(search);
  const [most, setMost] = useState(rowsAtATime);
  useEffect(() => setMost(rowsAtATime), [wanted]);
  const found = useMemo(() => resultsOf(reading.people, wanted, most), [reading.people, wanted, most]);
  const shown = shownOf(found, most);
  const total = reading.list.instances.length;
  const hasMore = shown.length < found.length || (!isQuery(wanted.text) && most < total);
  return { wanted, found, shown, showMore: hasMore ? () => setMost(most + rowsAtATime) : undefined };
};

/** Whose phone is it? Finds people by name, number, address or instance, while the list is still being read. */
export const FindView = () => {
  const reading = useStore(instanceList.store);
  const { wanted, found, shown, showMore } = useResults(reading);
  const [expected] = useState(expectedCount);
  useEffect(() => instanceList.refresh(maxAgeMs), []);
  const groups = useMemo(() => groupsOf(reading.list.instances), [reading.list]);
  const [person] = found;
  const isSearched = isQuery(wanted.text);
  const isNobody = found.length === 0 && (isSearched || reading.readAt !== undefined);
  return (
    <>
      <ViewTitle title="Whose phone is it?" takesFocus={false} />
      <search class="find">
        <SearchField onEnter={() => found.length === 1 && person && location.assign(addressOf(person))} />
        {groups.length > 1 && (
          <Select
            label="Group"
            value={wanted.group}
            onInput={(group) => search.set({ ...wanted, group })}
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
