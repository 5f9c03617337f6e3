import { useEffect, useMemo, useState } from 'preact/hooks';
import { countOf } from '../../../client/count-of.ts';
import { Dialog } from '../components/dialog.tsx';
import { TextField } from '../components/fields.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { nearestTo } from '../find/search-results.ts';
import type { ListReading } from '../instances/instance-list.ts';
import { instanceList } from '../instances/live.ts';
import { useMay } from '../sign-in/may.ts';
import { useStore } from '../use-store.ts';
import { countTargets } from './count-targets.ts';
import { draftOf, type RunDraft, type RunRequest, requestOf } from './run-draft.ts';
import { RunFields } from './run-fields.tsx';
import { TargetFields } from './target-fields.tsx';
import { useStartRun } from './use-start-run.ts';

/** The list is read again when the dialog opens and it is older than this. */
const maxAgeMs = 60_000;

const isNamed = ({ targetKind, name, ids }: RunDraft): boolean =>
  targetKind === 'all' || (targetKind === 'instances' ? ids : name).trim() !== '';

type CountNoteProps = {
  readonly count: ReturnType<typeof countTargets>;
  readonly draft: RunDraft;
  readonly reading: ListReading;
};

/** What the number on the button leaves out, or why there is no button. */
const CountNote = ({ count: { count, protected: left, unknown }, draft, reading }: CountNoteProps) => {
  const nearest = useMemo(
    () => (count === 0 && draft.targetKind === 'owner' ? nearestTo(reading.list.instances, draft.name) : []),
    [count, draft.targetKind, draft.name, reading.list],
  );
  return (
    <p class={count === 0 ? '' : 'hint'}>
      {count === 0 && <strong>No instance would be logged out. </strong>}
      {left > 0 &&
        `${countOf(left, 'instance')} ${left === 1 ? 'is' : 'are'} protected: runs leave ${left === 1 ? 'it' : 'them'} alone. `}
      {unknown.length > 0 &&
        `Not enrolled: ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ' and more' : ''}. `}
      {nearest.length > 0 && `Did you mean ${nearest.map(({ text }) => text).join(' or ')}?`}
    </p>
  );
};

const labelOf = (isDrill: boolean, count: number | undefined): string => {
  if (count === undefined) return isDrill ? 'Start the drill' : 'Log out';
  const what = countOf(count, 'instance');
  return isDrill ? `Start the drill over ${what}` : `Log ${what} out`;
};

type StartRunDialogProps = {
  /** Fills the form, for example from a dry run. */
  readonly initial?: RunRequest;
  readonly onClose: () => void;
};

export const StartRunDialog = ({ initial, onClose }: StartRunDialogProps) => {
  const reading = useStore(instanceList.store);
  const [draft, setDraft] = useState(() => draftOf(initial));
  const [typed, setTyped] = useState('');
  const [isSending, setSending] = useState(false);
  const { problem, start } = useStartRun();
  const may = useMay();
  useEffect(() => instanceList.refresh(maxAgeMs), []);
  const request = requestOf(draft);
  const isDrill = draft.fields.dryRun === true;
  // Without the right to list, the number is not known, and the run counts by itself.
  const isCounted = reading.readAt !== undefined && isNamed(draft);
  const count = isCounted ? countTargets(reading.list.instances, request) : undefined;
  const isCounting = reading.readAt === undefined && reading.isReading;
  const asksNumber = draft.targetKind === 'all' && !isDrill && count !== undefined && count.count > 0;
  const mayStart = !isCounting && count?.count !== 0 && (isDrill || may('runs'));
  const submit = async (close: () => void) => {
    if (isCounting) return;
    setSending(true);
    if (await start({ ...(count && { maxTargets: count.count }), ...request })) close();
    setSending(false);
  };
  const note = (
    <>
      {isCounting && <span>Counting the instances…</span>}
      {!isDrill && !may('runs') && <p>Your sign-in starts drills only: tick Dry run.</p>}
    </>
  );
  return (
    <Dialog
      title={initial ? 'Log these instances out' : 'New run'}
      note={note}
      submit={mayStart ? labelOf(isDrill, count?.count) : undefined}
      isDanger={!isDrill}
      isOff={isSending}
      onSubmit={submit}
      onClose={onClose}
    >
      {problem && <ProblemAlert problem={problem} />}
      <TargetFields draft={draft} reading={reading} onChange={setDraft} />
      {count && <CountNote count={count} draft={draft} reading={reading} />}
      <RunFields draft={draft} onChange={setDraft} />
      {asksNumber && (
        <TextField
          label={`Type ${count.count} to log all of them out`}
          value={typed}
          required
          expected={String(count.count)}
          onInput={setTyped}
        />
      )}
    </Dialog>
  );
};
