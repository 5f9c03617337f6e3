import { adviceOn, describeOutcome, type Outcome, type Run, sortOutcomes, type Watch } from '../../client/answers.ts';
import { describeProgress, describeStatus, describePhase as phaseInWords } from '../../client/run-words.ts';
import { printable } from './printable.ts';
import { formatTable } from './table.ts';

/** What a run is doing now, if it waits for something. */
export const describePhase = ({ phase, nextActionAt }: Run): string | undefined =>
  phase && `${phaseInWords(phase)}${nextActionAt === undefined ? '' : `, until ${nextActionAt}`}`;

/** One row per instance; those that need attention first. */
export const formatOutcomes = (outcomes: readonly Outcome[]): Promise<string> =>
  formatTable(
    ['INSTANCE', 'OUTCOME', 'CONFIRMED AT', 'OWNER', ''],
    sortOutcomes(outcomes).map((outcome) => {
      const { idInstance, kind, confirmedAt, tags } = outcome;
      return [idInstance, kind, confirmedAt, tags?.owner, describeOutcome(outcome)];
    }),
  );

/** What to do about the outcomes that need something: each advice once, with the outcome that it is about. */
export const describeTodos = (outcomes: readonly Outcome[]): readonly string[] => {
  const todos = outcomes.flatMap((outcome) => {
    const advice = adviceOn(outcome);
    return advice === undefined ? [] : [`  ${outcome.skipReason ?? outcome.token?.kind ?? outcome.kind}: ${advice}`];
  });
  return [...new Set(todos)].map(printable);
};

/** The head of a run, without its instances. */
export const formatRunHead = (run: Run): string =>
  formatFields([
    ['run', run.id],
    ['status', describeStatus({ ...run, dryRun: run.request?.dryRun })],
    ['source', run.source],
    ['reason', run.reason],
    ['requested by', run.requestedBy],
    ['started', run.startedAt],
    ['ended', run.endedAt],
    ['retry of', run.retryOf],
    ['phase', describePhase(run)],
    ['progress', describeProgress(run)],
    ['note', run.note],
    ['watch', run.watch],
    ['request', run.request && JSON.stringify(run.request)],
  ]);

/** One line per field that has a value. */
const formatFields = (fields: readonly (readonly [name: string, value: string | undefined])[]): string =>
  fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(14)}${printable(value)}`])).join('\n');

export const describeWatch = ({ progress: { total, linkedAgain, released, unread } }: Watch): string =>
  `${linkedAgain} of ${total} linked again, ${released} released, ${unread} not read by the newest poll`;

export const formatWatch = async (watch: Watch): Promise<string> => {
  const head = formatFields([
    ['watch', watch.id],
    ['status', watch.status],
    ['run', watch.run],
    ['reason', watch.reason],
    ['requested by', watch.requestedBy],
    ['started', watch.startedAt],
    ['ended', watch.endedAt],
    ['until', watch.until],
    ['next poll', watch.nextActionAt],
    ['progress', describeWatch(watch)],
    ['note', watch.note],
  ]);
  const rows = watch.outcomes.map(({ idInstance, kind, at, reason }) => [idInstance, kind, at, reason]);
  return `${head}\n\n${await formatTable(['INSTANCE', 'OUTCOME', 'AT', ''], rows)}`;
};
