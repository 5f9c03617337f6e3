import { randomUUID } from 'node:crypto';
import { Option } from 'commander';
import { type AcceptedRun, hasEnded, mayRetry, type Run } from '../client/answers.ts';
import { followRun as readUntilEnd } from '../client/follow-run.ts';
import type { Result, Success } from '../client/result.ts';
import { describeProgress, shortRunId } from '../client/run-words.ts';
import { acceptedRunIn, describeFailure, successIn } from './api/api.ts';
import { CommandFailed } from './errors.ts';
import { describePhase, describeTodos, formatOutcomes, formatRunHead } from './output/describe-run.ts';
import { printable } from './output/printable.ts';
import { createBar, type Parts, type Progress } from './output/progress-bar.ts';
import { type Session, unlessInterrupted } from './session.ts';

const pollMs = 1_000;

/** How long readings in a row may fail, in milliseconds. */
const longestFailureMs = 120_000;

/** A run that failed for another reason than an instance has no full bar either. */
const partsOf = ({ status, progress: { total, loggedOut, ready, failed, skipped } }: Run): Parts => {
  const isFailed = hasEnded({ status }) && status !== 'SUCCEEDED' && failed === 0 && loggedOut + ready > 0;
  return { done: loggedOut + ready - Number(isFailed), failed: failed + Number(isFailed), skipped, total };
};

/** Shows the progress of a run after each reading, and what it says of itself when that changes. */
const createShowProgress = (bar: Progress) => {
  let note: string | undefined;
  return (run: Run): void => {
    // The counts beside the bar say who is pending.
    const isNews = run.note !== note && run.phase !== 'waiting-for-next-round' && !hasEnded(run);
    if (run.note !== undefined && isNews) bar.say(printable(`Note: ${run.note}.`));
    note = run.note;
    bar.show(partsOf(run), printable([describeProgress(run), describePhase(run)].filter(Boolean).join('; ')));
  };
};

/** Shows the progress of a run until it has ended. @throws CommandFailed at Ctrl-C, which leaves the run as it is */
export const waitForEnd = async ({ api, terminal, commandLine }: Session, id: string): Promise<Success<Run>> => {
  const calls = await api();
  const bar = await createBar(terminal);
  const showProgress = createShowProgress(bar);
  const onReading = (reading: Result<Run>) =>
    reading.kind === 'ok' ? showProgress(reading.value) : bar.note(describeFailure(reading));
  try {
    const ended = await unlessInterrupted(terminal, (signal) =>
      readUntilEnd(calls, id, { signal, pollMs, longestFailureMs, onReading }),
    );
    if (ended !== undefined) return successIn(ended);
    throw new CommandFailed(
      `The run goes on.\nFollow it: ${commandLine(`show ${id} --follow`)}\nStop it: ${commandLine(`stop ${id}`)}`,
    );
  } finally {
    bar.end();
  }
};

/** What to do about a run that has ended, with the command to paste. */
const describeNext = ({ commandLine }: Session, run: Run): readonly string[] => {
  if (!mayRetry(run)) return [];
  const todos = describeTodos(run.outcomes);
  return [
    ...(todos.length > 0 ? ['', 'What to do:', ...todos] : []),
    '',
    `Try again: ${commandLine(`retry ${shortRunId(run.id)}`)}`,
  ];
};

export const printRun = async (session: Session, { value: run, body }: Success<Run>): Promise<boolean> => {
  // A run that found no instance may succeed, but there is nothing that it confirms.
  const isDone = run.status === 'SUCCEEDED' && run.progress.total > 0;
  if (session.options.json) session.printJson(body);
  else {
    session.print(formatRunHead(run));
    if (run.outcomes.length > 0) session.print(`\n${await formatOutcomes(run.outcomes)}`);
    for (const line of isDone ? [] : describeNext(session, run)) session.print(line);
  }
  return isDone || !hasEnded(run);
};

export const followRun = async (session: Session, id: string): Promise<boolean> =>
  printRun(session, await waitForEnd(session, id));

export type StartOptions = { readonly follow?: boolean; readonly idempotencyKey?: string };

export const startOptions: readonly Option[] = [
  new Option('--follow', 'show the progress until the run has ended'),
  new Option('--idempotency-key <key>', 'the same key with the same request is the same run'),
];

/**
 * Starts a run, and follows it to its end or prints how to. Without a key of the caller's the request still has one, so that it can
 * be sent again without starting two runs.
 */
export const startRun = async (
  session: Session,
  start: (key: string) => Promise<Result<AcceptedRun>>,
  { follow = false, idempotencyKey: key = randomUUID() }: StartOptions,
): Promise<boolean> => {
  const result = await start(key);
  if (result.kind !== 'ok' && result.mayTakeEffect)
    throw new CommandFailed(
      `${describeFailure(result)} The run may have started: add --idempotency-key ${key} to repeat the command without starting another.`,
    );
  const { id, status, body } = acceptedRunIn(result);
  if (follow) {
    session.note(`Run ${id}`);
    return followRun(session, id);
  }
  session.printResult(body, `${status} ${id}\nFollow it: ${session.commandLine(`show ${id} --follow`)}`);
  return true;
};
