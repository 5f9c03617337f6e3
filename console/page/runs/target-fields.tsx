import { useMemo } from 'preact/hooks';
import { Field, Select, TextField } from '../components/fields.tsx';
import { groupsOf } from '../find/search-results.ts';
import type { ListReading } from '../instances/instance-list.ts';
import { parseIds, type RunDraft } from './run-draft.ts';

type TargetFieldsProps = {
  readonly draft: RunDraft;
  readonly reading: ListReading;
  readonly onChange: (draft: RunDraft) => void;
};

const kinds: Readonly<Record<RunDraft['targetKind'], string>> = {
  group: 'One group',
  owner: 'One person',
  instances: 'Instances by their ids',
  all: 'All instances',
};

const kindNames = Object.keys(kinds) as readonly RunDraft['targetKind'][];

const GroupField = ({ draft, reading, onChange }: TargetFieldsProps) => {
  const listed = useMemo(() => groupsOf(reading.list.instances), [reading.list]);
  const groups = draft.name === '' || listed.includes(draft.name) ? listed : [draft.name, ...listed];
  return (
    <Select
      label="Group"
      value={draft.name}
      required
      onInput={(name) => onChange({ ...draft, name })}
      none={reading.isReading ? 'Reading the groups…' : 'Choose a group'}
      options={groups}
    />
  );
};

const WrongIds = ({ text }: { readonly text: string }) => {
  const { wrong } = parseIds(text);
  return wrong.length === 0 ? null : (
    <p class="failed" role="alert">
      Left out, because {wrong.length === 1 ? 'it is not an id' : 'they are not ids'}: {wrong.slice(0, 5).join(', ')}
      {wrong.length > 5 && ` and ${wrong.length - 5} more`}
    </p>
  );
};

export const TargetFields = (props: TargetFieldsProps) => {
  const { draft, onChange } = props;
  const { targetKind, name, ids } = draft;
  return (
    <>
      <Select
        label="Target"
        value={targetKind}
        onInput={(value) =>
          onChange({ ...draft, name: '', targetKind: kindNames.find((kind) => kind === value) ?? 'group' })
        }
        options={kindNames}
        wordsOf={(kind) => kinds[kind]}
      />
      {targetKind === 'group' && <GroupField {...props} />}
      {targetKind === 'owner' && (
        <TextField
          label="Owner"
          hint="An address, or another identity in the tag owner."
          value={name}
          required
          onInput={(owner) => onChange({ ...draft, name: owner })}
        />
      )}
      {targetKind === 'instances' && (
        <>
          <Field
            kind="ids"
            label="Ids"
            hint="Paste them as they are: lines, commas, semicolons or tabs."
            value={ids}
            required
            onInput={(pasted) => onChange({ ...draft, ids: pasted })}
          />
          <WrongIds text={ids} />
        </>
      )}
    </>
  );
};
