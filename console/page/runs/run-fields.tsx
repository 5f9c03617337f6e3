import type { TargetedEvent } from 'preact';
import { Checkbox, NumberField, Select, TextField } from '../components/fields.tsx';
import { LogoutOptions } from '../components/logout-options.tsx';
import type { RunDraft } from './run-draft.ts';

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

/** The browser cannot show what is wrong with a field inside closed details. */
const showDetails = (event: TargetedEvent<HTMLDetailsElement>): void => {
  event.currentTarget.open = true;
};

const ExtraFields = ({ draft, onChange }: Omit<RunFieldsProps, 'given'>) => (
  <details onInvalidCapture={showDetails}>
    <summary>More options</summary>
    <LogoutOptions options={draft} onChange={(options) => onChange({ ...draft, ...options })} />
    <NumberField
      label="Days to watch for re-linking"
      hint="From 1 to 30. Leave empty for no watch."
      max={30}
      value={draft.watchDays}
      onInput={(watchDays) => onChange({ ...draft, watchDays })}
    />
    <NumberField
      label="Maximum number of instances"
      hint="With more targets than this, the run fails and logs nobody out."
      max={3000}
      required
      value={draft.maxTargets}
      onInput={(maxTargets) => onChange({ ...draft, maxTargets })}
    />
  </details>
);

/** Whom to log out, why, and how. */
export const RunFields = ({ draft, given, onChange }: RunFieldsProps) => (
  <>
    <TargetFields draft={draft} given={given} onChange={onChange} />
    <TextField
      label="Reason"
      hint="Kept with the evidence."
      value={draft.reason}
      required
      onInput={(reason) => onChange({ ...draft, reason })}
    />
    <Checkbox
      label="Dry run"
      hint="Checks every credential and state, and logs nobody out."
      checked={draft.dryRun}
      onChange={(dryRun) => onChange({ ...draft, dryRun })}
    />
    <ExtraFields draft={draft} onChange={onChange} />
    {!draft.dryRun && (
      <ul class="limits">
        <li>Protected instances are left alone.</li>
        <li>Phones and their other linked devices stay linked: only GREEN-API’s sessions end.</li>
        <li>Anybody who copied a token can link that instance again. Rotate the tokens to prevent that.</li>
      </ul>
    )}
  </>
);
