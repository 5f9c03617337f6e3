import type { TargetedEvent } from 'preact';
import { Checkbox, NumberField, Select, TextField } from '../components/fields.tsx';
import type { Held, RunDraft } from './run-draft.ts';
import { type FormField, formFields, formRows } from './run-form.ts';

type RunFieldsProps = {
  readonly draft: RunDraft;
  /** The target in words, when it was given and is a list of instances. */
  readonly given: string | undefined;
  readonly onChange: (draft: RunDraft) => void;
};

const kinds: readonly RunDraft['targetKind'][] = ['group', 'owner', 'all', 'given'];

const TargetFields = ({ draft, given, onChange }: RunFieldsProps) => (
  <>
    <Select
      label="Target"
      value={draft.targetKind}
      onChange={(value) => onChange({ ...draft, targetKind: kinds.find((kind) => kind === value) ?? 'group' })}
    >
      <option value="group">One group</option>
      <option value="owner">One owner</option>
      <option value="all">All instances</option>
      {draft.targetKind === 'given' && <option value="given">{given}</option>}
    </Select>
    {(draft.targetKind === 'group' || draft.targetKind === 'owner') && (
      <TextField
        label={draft.targetKind === 'group' ? 'Group' : 'Owner'}
        value={draft.name}
        required
        onInput={(name) => onChange({ ...draft, name })}
      />
    )}
  </>
);

/** Longest list of ids that a run takes, as text. */
const longestIds = 3_000 * '1101000001 '.length;

type RowProps = { readonly field: FormField; readonly held: Held; readonly onHold: (held: Held) => void };

const Row = ({ field, held, onHold }: RowProps) => {
  const { isMain: _, fact: _fact, ...row } = formRows[field];
  switch (row.kind) {
    case 'tick':
      return <Checkbox label={row.label} hint={row.hint} checked={held === true} onChange={onHold} />;
    case 'count':
      return <NumberField {...row} value={String(held)} onInput={onHold} />;
    case 'ids':
      return <TextField {...row} longest={longestIds} value={String(held)} onInput={onHold} />;
    case 'text':
      return <TextField {...row} value={String(held)} onInput={onHold} />;
  }
};

type RowsProps = Omit<RunFieldsProps, 'given'> & { readonly fields: readonly FormField[] };

const Rows = ({ fields, draft, onChange }: RowsProps) => (
  <>
    {fields.map((field) => (
      <Row
        key={field}
        field={field}
        held={draft.fields[field]}
        onHold={(held) => onChange({ ...draft, fields: { ...draft.fields, [field]: held } })}
      />
    ))}
  </>
);

/** The browser cannot show what is wrong with a field inside closed details. */
const showDetails = (event: TargetedEvent<HTMLDetailsElement>): void => {
  event.currentTarget.open = true;
};

const mainFields = formFields.filter((field) => formRows[field].isMain);
const furtherFields = formFields.filter((field) => !formRows[field].isMain);

/** Whom to log out, why, and how. */
export const RunFields = ({ draft, given, onChange }: RunFieldsProps) => (
  <>
    <TargetFields draft={draft} given={given} onChange={onChange} />
    <Rows fields={mainFields} draft={draft} onChange={onChange} />
    <details onInvalidCapture={showDetails}>
      <summary>More options</summary>
      <Rows fields={furtherFields} draft={draft} onChange={onChange} />
    </details>
    {draft.fields.dryRun === false && (
      <ul class="limits">
        <li>Protected instances are left alone.</li>
        <li>Phones and their other linked devices stay linked: only GREEN-API’s sessions end.</li>
        <li>Anybody who copied a token can link that instance again. Rotate the tokens to prevent that.</li>
      </ul>
    )}
  </>
);
