import { hasEnded, type ListedRun, type Run } from '../../../client/answers.ts';
import { countOf } from '../../../client/count-of.ts';
import { describeListedTarget, describePhase, describeResult, metNobody } from '../../../client/run-words.ts';
import type { RunRequest } from './run-draft.ts';

export const describeTarget = (target: RunRequest['target']): string => {
  if (!('instances' in target)) return describeListedTarget(target);
  const { instances } = target;
  return instances.length === 1 ? `instance ${instances[0]}` : describeListedTarget({ instances: instances.length });
};

export const titleOf = ({ request }: Run): string =>
  titled(request?.target && describeTarget(request.target), request?.dryRun);

export const titleOfListed = ({ target, dryRun }: ListedRun): string =>
  titled(target && describeListedTarget(target), dryRun);

const titled = (target: string | undefined, isDrill = false): string => {
  if (target === undefined) return isDrill ? 'Drill' : 'Run';
  return `${isDrill ? 'Drill over' : 'Log out'} ${target}`;
};

/** `2 failed, 1 was skipped`; those that are empty are left out. */
const othersIn = ({ failed, skipped, pending }: Run['progress'], pendingWords: string): readonly string[] =>
  [
    failed > 0 && `${failed} failed`,
    skipped > 0 && `${skipped} ${skipped === 1 ? 'was' : 'were'} left alone`,
    pending > 0 && `${pending} ${pending === 1 ? 'is' : 'are'} ${pendingWords}`,
  ].filter((part) => typeof part === 'string');

const sentence = (parts: readonly string[]): string => (parts.length === 0 ? '' : ` ${parts.join(', ')}.`);

const answerOfDrill = (run: Run): string => {
  const { ready, loggedOut, total } = run.progress;
  const rest = othersIn(run.progress, 'to come');
  if (!hasEnded(run)) return `Drill: ${countOf(ready + loggedOut, 'instance')} of ${total} looked at.${sentence(rest)}`;
  const parts = [
    `${ready} of ${total} could be logged out`,
    ...(loggedOut > 0 ? [`${loggedOut} already ${loggedOut === 1 ? 'is' : 'are'}`] : []),
    ...rest,
  ];
  return `Drill: nobody was logged out.${sentence(parts)}`;
};

const answerOfNobody = (run: Run): string => {
  if (!hasEnded(run)) return `The run ${describePhase(run.phase ?? 'starting')}.`;
  return run.status === 'SUCCEEDED'
    ? 'Nobody was logged out: no instance has this target.'
    : 'Nobody was logged out: the run ended before it reached an instance.';
};

const endings: Readonly<Record<string, string>> = { STOPPED: 'Stopped. ', TIMED_OUT: 'Timed out. ' };

/** Whether everybody is out, in one sentence. */
export const answerOf = (run: Run): string => {
  const { total, loggedOut } = run.progress;
  if (total === 0) return answerOfNobody(run);
  if (run.request?.dryRun) return answerOfDrill(run);
  const counts = `${loggedOut} of ${total} ${loggedOut === 1 ? 'is' : 'are'} out.`;
  if (!hasEnded(run)) return `${counts}${sentence(othersIn(run.progress, 'to come'))}`;
  if (loggedOut < total)
    return `${endings[run.status] ?? ''}${counts}${sentence(othersIn(run.progress, 'not logged out'))}`;
  if (run.status !== 'SUCCEEDED') return `${counts} A step after the logout failed.`;
  return total === 1 ? 'The instance is out, confirmed.' : `Everybody is out: ${total} of ${total} confirmed.`;
};

/** The title of the browser's tab: `17/20 · group support`. */
export const tabTitleOf = (run: Run): string => {
  const { total, loggedOut, ready } = run.progress;
  const done = run.request?.dryRun ? loggedOut + ready : loggedOut;
  const state = !hasEnded(run) || total > 0 ? `${done}/${total}` : describeStatus(run.status);
  return `${state} · ${run.request?.target ? describeTarget(run.request.target) : 'run'}`;
};

/** The parts of the bar, those that are empty left out. Green is only what is confirmed, and never all of a run that failed. */
export const partsOf = (run: Run) => {
  const { total, loggedOut, ready, failed, skipped, pending } = run.progress;
  const isDrill = run.request?.dryRun === true;
  const isFlawed = hasEnded(run) && run.status !== 'SUCCEEDED' && loggedOut === total;
  const parts = [
    {
      kind: isDrill || isFlawed ? 'looked-at' : 'confirmed',
      words: isDrill ? 'looked at' : 'confirmed',
      count: loggedOut + ready,
    },
    { kind: 'failed', words: 'failed', count: failed },
    { kind: 'skipped', words: 'skipped', count: skipped },
    { kind: 'pending', words: hasEnded(run) ? 'not decided' : 'to come', count: pending },
  ] as const;
  return parts.filter(({ count }) => count > 0);
};

/** `17 confirmed · 2 failed · 1 skipped`. */
export const describeParts = (run: Run): string =>
  partsOf(run)
    .map(({ count, words }) => `${count} ${words}`)
    .join(' · ');

export const describeStatus = (status: string): string => status.toLowerCase().replace('_', ' ');

/** What came of a listed run; a drill is never mistaken for a logout. */
export const describeListed = (run: ListedRun): string => {
  const result = describeResult(run);
  if (!hasEnded(run)) return 'running';
  if (metNobody(run)) return result;
  const status = run.status === 'SUCCEEDED' ? '' : describeStatus(run.status);
  const drill = run.dryRun ? 'Drill: nobody was logged out' : '';
  return [drill, status, result].filter(Boolean).join(', ') || 'succeeded';
};

/** Green is for a run whose logouts are all confirmed, red for one that failed. */
export const classOfListed = (run: ListedRun): string => {
  if (run.status === 'FAILED' || run.status === 'TIMED_OUT') return 'failed';
  const { progress } = run;
  const isConfirmed = progress !== undefined && progress.total > 0 && progress.loggedOut === progress.total;
  return run.status === 'SUCCEEDED' && !run.dryRun && isConfirmed ? 'succeeded' : '';
};

export const describeKind = (kind: string): string => kind.replaceAll('-', ' ');
