import { useEffect, useState } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import type { ListReading } from '../instances/instance-list.ts';
import { search } from '../instances/live.ts';
import { isQuery, nearestTo, type Search, type Suggestion } from './search-results.ts';

/** Finding similar names costs more than a search: it waits until the typing rests. */
const restMs = 300;

const useNearest = ({ list: { instances } }: ListReading, text: string): readonly Suggestion[] => {
  const [nearest, setNearest] = useState<readonly Suggestion[]>([]);
  useEffect(() => {
    setNearest([]);
    const timer = setTimeout(() => setNearest(nearestTo(instances, text)), restMs);
    return () => clearTimeout(timer);
  }, [instances, text]);
  return nearest;
};

const Suggestions = ({ nearest }: { readonly nearest: readonly Suggestion[] }) =>
  nearest.length === 0 ? null : (
    <p class="picks">
      Did you mean{' '}
      {nearest.map(({ label, text }) => (
        <Button key={text} onClick={() => search.set({ text, group: '' })}>
          {label}
        </Button>
      ))}
    </p>
  );

type NoResultProps = { readonly reading: ListReading; readonly wanted: Search };

/** Nobody was found: what was searched, who is meant perhaps, and why there may be nobody. */
export const NoResult = ({ reading, wanted: { text, group } }: NoResultProps) => {
  const nearest = useNearest(reading, text);
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
        Nobody {where} matches <strong class="long">{text.trim()}</strong>
        {group !== '' && ` in the group ${group}`}. Searched were ids, owners, names, and the last digits of phone
        numbers.
      </p>
      <Suggestions nearest={nearest} />
      <p>Not enrolled? An instance without a secret cannot be logged out from here.</p>
    </div>
  );
};
