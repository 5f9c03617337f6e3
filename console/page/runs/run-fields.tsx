import type { TargetedEvent } from 'preact';
import { Checkbox, Field, ReasonField } from '../components/fields.tsx';
import type { Held, RunDraft } from './run-draft.ts';
import { type FormField, formFields, formRows } from './run-form.ts';

type RowProps = { readonly field: FormField; readonly held: Held; readonly onHold: (held: Held) => void };

const Row = ({ field, held, onHold }: RowProps) => {
  const { isMain: _, fact: _fact, ...row } = formRows[field];
  const input = { value: String(held), onInput: onHold };
  if (field === 'reason') return <ReasonField {...input} />;
  return row.kind === 'tick' ? (
    <Checkbox {...row} checked={held === true} onChange={onHold} />
  ) : (
    <Field {...row} {...input} />
  );
};

/** The browser cannot show what is wrong with a field inside closed details. */
const showDetails = (event: TargetedEvent<HTMLDetailsElement>): void => {
  event.currentTarget.open = true;
};

type RunFieldsProps = { readonly draft: RunDraft; readonly onChange: (draft: RunDraft) => void };

export const RunFields = ({ draft, onChange }: RunFieldsProps) => {
  const rowOf = (field: FormField) => (
    <Row
      key={field}
      field={field}
      held={draft.fields[field]}
      onHold={(held) => onChange({ ...draft, fields: { ...draft.fields, [field]: held } })}
    />
  );
  return (
    <>
      {formFields.filter((field) => formRows[field].isMain).map(rowOf)}
      <details onInvalidCapture={showDetails}>
        <summary>More options</summary>
        {formFields.filter((field) => !formRows[field].isMain).map(rowOf)}
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
};
