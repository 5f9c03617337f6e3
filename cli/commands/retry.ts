import { Option } from 'commander';
import { hasEnded, mayRetry, type Run } from '../../client/answers.ts';
import { countOf } from '../../client/count-of.ts';
import { defined } from '../../functions/platform/defined.ts';
import { isOpen } from '../../functions/runs/open-outcome.ts';
import { successIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed, UsageError } from '../errors.ts';
import { type StartOptions, startOptions, startRun } from '../follow-run.ts';
import { parseCount } from '../input/options.ts';
import { confirm } from '../input/questions.ts';
import { resolveRunId } from '../input/run-id.ts';
import { formatOutcomes } from '../output/describe-run.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';

type Options = StartOptions & {
  readonly reason?: string;
  readonly dryRun?: true;
  readonly maxTargets?: number;
  readonly evenIfStopped?: boolean;
  readonly failedEvents?: boolean;
  readonly deleteRefused?: boolean;
};

/** What the retry takes: the instances that are not confirmed, or everything that the target includes now. */
const describeWhat = ({ outcomes }: Run): string => {
  const open = outcomes.filter(isOpen).length;
  return open > 0 ? `${countOf(open, 'instance')} of this run` : 'whatever the target of this run includes now';
};

/** @throws CommandFailed if there is nothing that a retry could do, which the API would say too */
const checkMayRetry = ({ commandLine }: Session, run: Run): void => {
  if (!hasEnded(run))
    throw new CommandFailed(
      `This run goes on: it tries again by itself until it expires.\nFollow it: ${commandLine(`show ${run.id} --follow`)}`,
    );
  if (!mayRetry(run))
    throw new CommandFailed('Every instance of this run is confirmed. There is nothing to try again.');
};

/** `--yes` does not answer whether a run is still to happen that somebody stopped. @throws CommandFailed on no */
const askAboutStopped = async (session: Session, run: Run, evenIfStopped: boolean): Promise<boolean> => {
  if (run.status !== 'STOPPED') return false;
  const by = run.note?.startsWith('Stopped by ') ? run.note : 'Somebody stopped it';
  session.note(printable(`${by}, at ${run.endedAt}.`));
  if (evenIfStopped) return false;
  await confirm(session, `Try ${describeWhat(run)} again although it was stopped?`, '--even-if-stopped');
  return true;
};

const retryRun = async (session: Session, text: string | undefined, options: Options): Promise<boolean> => {
  if (text === undefined) throw new UsageError('Give a run, or --failed-events.');
  const id = await resolveRunId(session, text);
  const api = await session.api();
  const { value: run } = successIn(await api.readRun(id));
  checkMayRetry(session, run);
  const open = run.outcomes.filter(isOpen);
  if (open.length > 0 && !session.options.json) session.note(await formatOutcomes(open));
  const isAnswered = await askAboutStopped(session, run, options.evenIfStopped === true);
  const isDrill = options.dryRun === true || run.request?.dryRun === true;
  if (!isAnswered && !isDrill) await confirm(session, `Log out ${describeWhat(run)} at ${api.url.host}?`);
  const { reason, dryRun, maxTargets } = options;
  const choice = defined({ reason, dryRun, maxTargets, evenIfStopped: run.status === 'STOPPED' || undefined });
  return startRun(session, (key) => api.retryRun(id, choice, key), options);
};

export const retryCommand = defineCommand<Options>({
  usage: 'retry [run]',
  summary: 'Try a run again over what it did not confirm, or everything in the queues of failed events.',
  details: `The new run keeps the target and the options of the earlier one. It takes only the instances that are not confirmed, and
reads their tags again. An instance that has left the target, or is protected, is skipped. If the earlier run
found no instance, the target is looked for again. A drill stays a drill. --yes does not start a run again that somebody stopped: it
needs --even-if-stopped.

With --failed-events it goes through the queues of failed events: offboarding, schedules, evidence vault, and failed runs. It shows each
message, asks, and hands the event to its function again. A failed run becomes a retry. A message is deleted only after
that was accepted. One that is refused each time stays, unless --delete-refused is given.`,
  rights: [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:ChangeMessageVisibility',
    'lambda:InvokeFunction',
    'lambda:ListDurableExecutionsByFunction',
    'lambda:GetDurableExecution',
  ],
  options: [
    new Option('--reason <text>', 'another reason than that of the earlier run'),
    new Option('--dry-run', 'read each state and report what would fail; log nobody out'),
    new Option('--max-targets <count>', 'fail before anything is done if there are more instances').argParser(
      parseCount,
    ),
    new Option('--even-if-stopped', 'also try a run again that somebody stopped'),
    new Option('--failed-events', 'try again what is in the queues of failed events'),
    new Option('--delete-refused', 'delete the messages of failed events that are refused'),
    ...startOptions,
  ],
  examples: [
    'retry e529f5ee --follow',
    'retry api-6367c48dd193d56ea7b0baad25b19455e529f5ee --dry-run',
    'retry --failed-events --stack green-api-logout',
  ],
  run: async (session, options, [text]) => {
    if (options.failedEvents !== true) return retryRun(session, text, options);
    if (text !== undefined) throw new UsageError('Give a run, or --failed-events for all queues, and not both.');
    const { retryFailedEvents } = await import('../failed-events/retry-failed-events.ts');
    return retryFailedEvents(session, options);
  },
});
