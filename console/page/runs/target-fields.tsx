import { useMemo } from 'preact/hooks';
import { IdsField, Select, TextField } from '../components/fields.tsx';
import { groupsOf } from '../find/search-results.ts';
import type { ListReading } from '../instances/instance-list.ts';
import { parseIds } from './parse-ids.ts';
import type { RunDraft } from './run-draft.ts';

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
    <p class="failed long" role="alert">
      Left out, because {wrong.length === 1 ? 'it is no id' : 'they are no ids'}: {wrong.slice(0, 5).join(', ')}
      {wrong.length > 5 && ` and ${wrong.length - 5} more`}
    </p>
  );
};

const DetailField = (props: TargetFieldsProps) => {
  const { draft, onChange } = props;
  switch (draft.targetKind) {
    case 'group':
      return <GroupField {...props} />;
    case 'owner':
      return (
        <TextField
          label="Owner"
          hint="An address, or another identity in the tag owner."
          value={draft.name}
          required
          onInput={(name) => onChange({ ...draft, name })}
        />
      );
    case 'instances':
      return (
        <>
          <IdsField
            label="Ids"
            hint="Paste them as they are: lines, commas, semicolons or tabs."
            value={draft.ids}
            required
            onInput={(ids) => onChange({ ...draft, ids })}
          />
          <WrongIds text={draft.ids} />
        </>
      );
    case 'all':
      return null;
  }
};

/** Whom a run is to log out. */
export const TargetFields = (props: TargetFieldsProps) => {
  const { draft, onChange } = props;
  return (
    <>
      <Select
        label="Target"
        value={draft.targetKind}
        onInput={(value) =>
          onChange({ ...draft, name: '', targetKind: kindNames.find((kind) => kind === value) ?? 'group' })
        }
        options={kindNames}
        wordsOf={(kind) => kinds[kind]}
      />
      <DetailField {...props} />
    </>
  );
};
