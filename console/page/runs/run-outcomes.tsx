import { useState } from 'preact/hooks';
import { adviceOn, describeOutcome, type Outcome, sortOutcomes } from '../../../client/answers.ts';
import { type Column, DataTable, LongText } from '../components/data-table.tsx';
import { Select } from '../components/fields.tsx';
import { Instant } from '../components/instant.tsx';
import { describeKind } from './describe-run.ts';

const classOf = ({ kind, confirmed }: Outcome): string => {
  if (confirmed) return 'succeeded';
  return ['pending', 'skipped', 'ready'].includes(kind) ? 'muted' : 'failed';
};

const detailOf = (outcome: Outcome): string => {
  const detail = describeOutcome(outcome);
  const sentence = detail && `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;
  return [sentence, adviceOn(outcome)].filter(Boolean).join(' ');
};

const columns: readonly Column<Outcome>[] = [
  {
    name: 'Instance',
    cell: ({ idInstance }) => (
      <a class="whole" href={`#/instance/${idInstance}`}>
        {idInstance}
      </a>
    ),
  },
  { name: 'Owner', cell: ({ tags }) => <LongText text={tags?.owner ?? '–'} /> },
  { name: 'Outcome', cell: (outcome) => <span class={classOf(outcome)}>{describeKind(outcome.kind)}</span> },
  {
    name: 'Confirmed',
    cell: ({ confirmed, confirmedAt }) => {
      if (!confirmed) return 'no';
      return confirmedAt === undefined ? 'yes' : <Instant at={confirmedAt} timeOnly />;
    },
  },
  {
    name: 'What happened, and what to do',
    cell: (outcome) => detailOf(outcome) && <LongText text={detailOf(outcome)} />,
  },
];

type RunOutcomesProps = { readonly outcomes: readonly Outcome[]; readonly ended: boolean };

export const RunOutcomes = ({ outcomes, ended }: RunOutcomesProps) => {
  const [kind, setKind] = useState('');
  const kinds = [...new Set(outcomes.map((one) => one.kind))].sort();
  const sorted = sortOutcomes(outcomes);
  const shown = kinds.includes(kind) ? sorted.filter((one) => one.kind === kind) : sorted;
  return (
    <>
      {kinds.length > 1 && (
        <div class="filters">
          <Select
            label="Outcome"
            value={kind}
            onInput={setKind}
            none="Every outcome"
            options={kinds}
            wordsOf={describeKind}
          />
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
