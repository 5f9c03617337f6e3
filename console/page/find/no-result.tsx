import { useEffect, useState } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import type { ListReading } from '../instances/instance-list.ts';
import { search } from '../instances/live.ts';
import { isQuery, nearestTo, type Search } from './search-results.ts';

/** Finding similar names costs more than a search: it waits until the typing rests. */
const restMs = 300;

type NoResultProps = { readonly reading: ListReading; readonly wanted: Search };

/** Nobody was found: what was searched, who is meant perhaps, and why there may be nobody. */
export const NoResult = ({ reading, wanted: { text, group } }: NoResultProps) => {
  const { instances } = reading.list;
  const [nearest, setNearest] = useState<ReturnType<typeof nearestTo>>([]);
  useEffect(() => {
    setNearest([]);
    const timer = setTimeout(() => setNearest(nearestTo(instances, text)), restMs);
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
