import { useState } from 'preact/hooks';
import { describeOutcome, needsNothing, type Outcome } from '../../../client/answers.ts';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Select } from '../components/fields.tsx';

const neutralKinds: ReadonlySet<string> = new Set(['pending', 'skipped']);

const classOf = (outcome: Outcome): string => {
  if (needsNothing(outcome)) return 'good';
  return neutralKinds.has(outcome.kind) ? '' : 'bad';
};

const columns: readonly Column<Outcome>[] = [
  { name: 'Instance', cell: ({ idInstance }) => idInstance },
  { name: 'Owner', cell: ({ tags }) => <span class="long">{tags?.owner ?? '–'}</span> },
  { name: 'Outcome', cell: (outcome) => <span class={`badge ${classOf(outcome)}`}>{outcome.kind}</span> },
  { name: 'Confirmed', cell: ({ confirmed }) => (confirmed ? 'yes' : 'no') },
  { name: 'Detail', cell: (outcome) => describeOutcome(outcome) || '–' },
];

type RunOutcomesProps = {
  readonly outcomes: readonly Outcome[];
  readonly ended: boolean;
};

/** The outcome of each instance so far. */
export const RunOutcomes = ({ outcomes, ended }: RunOutcomesProps) => {
  const [kind, setKind] = useState('');
  const kinds = [...new Set(outcomes.map((one) => one.kind))].sort();
  const shown = kinds.includes(kind) ? outcomes.filter((one) => one.kind === kind) : outcomes;
  return (
    <>
      {kinds.length > 1 && (
        <div class="filters">
          <Select label="Outcome" value={kind} onChange={setKind}>
            <option value="">Every outcome</option>
            {kinds.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </Select>
        </div>
      )}
      <DataTable
        caption="Outcomes"
        columns={columns}
        rows={shown}
        keyOf={({ idInstance }) => idInstance}
        empty={
          ended
            ? 'The run has ended and lists no instance. Its note says why, if there is one.'
            : 'No instance yet: the run is finding its targets.'
        }
      />
    </>
  );
};
