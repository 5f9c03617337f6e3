import { outcomeSource, runEndedDetailType, runMessage, type TokenRecord } from '../logout/evidence.ts';
import type { PublishEvents } from '../logout/record-evidence.ts';
import { command, failureWords, part, personIn, plain } from '../logout/sentence.ts';
import { defined } from '../platform/defined.ts';
import type { Log } from '../platform/log.ts';
import type { RunEnd, RunFailureType } from './conclude.ts';
import { isNotConfirmed, type Outcome, type Progress } from './outcome.ts';
import type { Target } from './request.ts';
import { causeOf, type RecordedRun, requesterOf } from './run-evidence.ts';

const mostNamed = 20;
const mostInText = 5;
const longestNote = 300;

type End = Pick<RunEnd, 'failure'> & {
  readonly progress: Progress;
  readonly outcomes: readonly Outcome[];
  readonly note?: string | undefined;
  readonly watch?: string | undefined;
  readonly stoppedBy?: string;
};

const factsOf = ({ id, request, startedAt }: RecordedRun, end: End, endedAt: string) => {
  const { progress, outcomes, note, watch, failure, stoppedBy } = end;
  const ended = failure === undefined ? 'SUCCEEDED' : 'FAILED';
  return defined({
    /** Version of this shape. It rises with every change that a reader must know of. */
    version: 1,
    id,
    target: request.target,
    ...requesterOf(request),
    ...causeOf(request),
    // A run that timed out publishes nothing: its alarm tells it.
    status: stoppedBy === undefined ? ended : 'STOPPED',
    failure: failure?.type,
    dryRun: request.dryRun ?? false,
    startedAt,
    endedAt,
    progress,
    /** Some of the instances that are not confirmed; `progress.failed` says how many there are. */
    notConfirmed: outcomes
      .filter(isNotConfirmed)
      .slice(0, mostNamed)
      .map(({ idInstance, kind, detail }) => defined({ idInstance, kind, detail })),
    note,
    watch,
    stoppedBy,
  });
};

type Facts = ReturnType<typeof factsOf>;

/**
 * How a run ended, as its record and its event say it. Times are ISO 8601 instants. `text`: one or two sentences for a mail or a
 * chat, without a token, quotation mark, backslash or control character.
 */
export type RunEnded = Facts & { readonly text: string };

const show = (id: string): string => command('Details', `show ${id}`);
const retry = (id: string): string => command('Try again', `retry ${id}`);

const helpOf = {
  InvalidRun: show,
  RunExpired: retry,
  TooManyTargets: show,
  ListDenied: retry,
  NotAllConfirmed: retry,
  TokensNotRotated: retry,
  UnreadableSecret: () => command('See', 'doctor'),
  NobodyLoggedOut: show,
  DrillFailed: show,
} as const satisfies Record<RunFailureType, (id: string) => string>;

const describeTarget = (target: Target): string => {
  if ('owner' in target) return `instances of ${personIn(target.owner)}`;
  if ('group' in target) return `instances of the group ${part(target.group)}`;
  return 'all' in target ? 'instances' : 'requested instances';
};

const describeCounts = ({ target, dryRun, reason = '', progress }: Facts): string => {
  const { total, loggedOut, ready } = progress;
  if (total === 0) return `No ${describeTarget(target)} were logged out (${part(reason)}).`;
  const count = dryRun ? loggedOut + ready : loggedOut;
  const what = dryRun ? 'could be logged out now' : `${count === 1 ? 'is' : 'are'} logged out`;
  return `${count} of ${total} ${describeTarget(target)} ${what} (${part(reason)}).`;
};

const wordsOf = ({ kind }: Pick<Outcome, 'kind'>): string =>
  Object.hasOwn(failureWords, kind) ? failureWords[kind as keyof typeof failureWords] : kind.replaceAll('-', ' ');

const listed = (title: string, texts: readonly string[], count: number): readonly string[] => {
  const shown = texts.slice(0, mostInText);
  const more = count > shown.length ? ` and ${count - shown.length} more` : '';
  return count === 0 ? [] : [`${title}: ${shown.join(', ')}${more}.`];
};

const asSentence = (note: string): string => {
  const text = part(note, longestNote);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};

const textOf = (facts: Facts, outcomes: readonly Outcome[]): string => {
  const { id, status, failure, stoppedBy, progress, notConfirmed, note } = facts;
  const names = notConfirmed.map((outcome) => `${outcome.idInstance} (${wordsOf(outcome)})`);
  const withToken = (test: (token: TokenRecord) => boolean): readonly string[] =>
    outcomes.flatMap(({ idInstance, token }) => (token !== undefined && test(token) ? [idInstance] : []));
  const unrotated = withToken(({ kind }) => kind === 'not-rotated');
  const lost = withToken(({ kind }) => kind === 'token-lost');
  const stillWorking = withToken(({ oldTokenStillWorks }) => oldTokenStillWorks === true);
  return plain(
    [
      ...(status === 'STOPPED' ? [`The run was stopped by ${part(stoppedBy ?? 'a caller')}.`] : []),
      describeCounts(facts),
      ...listed('Not confirmed', names, progress.failed),
      ...listed('Token not rotated', unrotated, unrotated.length),
      ...listed('New token may be lost', lost, lost.length),
      ...listed('Old token still works', stillWorking, stillWorking.length),
      ...(note === undefined ? [] : [asSentence(note)]),
      (failure === undefined ? show : helpOf[failure])(id),
    ].join(' '),
  );
};

export const runEndedOf = (run: RecordedRun, end: End, endedAt: string): RunEnded => {
  const facts = factsOf(run, end, endedAt);
  return { ...facts, text: textOf(facts, end.outcomes) };
};

/** Writes the record of a run's end, and publishes it. The event is best effort. It never rejects. */
export type RecordRunEnd = (ended: RunEnded) => Promise<void>;

export const createRecordRunEnd =
  (log: Log, publishEvents: PublishEvents): RecordRunEnd =>
  (ended) => {
    log('INFO', runMessage, ended);
    return publishEvents([{ source: outcomeSource, detailType: runEndedDetailType, detail: ended }]);
  };
