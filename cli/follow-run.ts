import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type Run } from '../client/answers.ts';
import type { Api, ApiAnswer } from './api/api.ts';
import { describeProblem } from './api/problem.ts';
import { parseRun, readRun } from './api/runs.ts';
import { CommandFailed, type ExitCode, exitCodes, orFailure } from './errors.ts';
import { describePhase, describeProgress, formatOutcomes, formatRunHead } from './output/describe-run.ts';
import { printable } from './output/printable.ts';
import { createBar, type Progress } from './output/progress-bar.ts';
import type { Session } from './session.ts';

const pollMs = 1_000;

/** How long readings in a row may fail, in milliseconds. A new run takes seconds to appear. */
const longestMissingMs = 15_000;
/** Networks and services fail for a moment. */
const longestFailureMs = 120_000;

const isTransient = ({ status }: ApiAnswer): boolean => status === 404 || status === 429 || status >= 500;

/** Why there is no answer for the moment. */
type Failure = { readonly failure: CommandFailed; readonly longestMs: number };

const tryToRead = async (api: Api, id: string): Promise<ApiAnswer | Failure> => {
  const answer = await orFailure(readRun(api, id));
  if (answer instanceof CommandFailed) return { failure: answer, longestMs: longestFailureMs };
  if (!isTransient(answer)) return answer;
  const longestMs = answer.status === 404 ? longestMissingMs : longestFailureMs;
  return { failure: new CommandFailed(describeProblem(answer)), longestMs };
};

const showProgress = (bar: Progress, run: Run): void => {
  const { total, pending } = run.progress;
  bar.show(total - pending, total, printable([describeProgress(run), describePhase(run)].filter(Boolean).join('; ')));
};

type Ended = { readonly run: Run; readonly body: unknown };

/** Reads the run until it has ended; `undefined` when `stop` came first. */
const pollRun = async (api: Api, id: string, stop: AbortSignal, bar: Progress): Promise<Ended | undefined> => {
  let lastReadAt = Date.now();
  for (; !stop.aborted; await sleep(pollMs)) {
    const answer = await tryToRead(api, id);
    if (stop.aborted) break;
    if ('failure' in answer) {
      if (Date.now() - lastReadAt >= answer.longestMs) throw answer.failure;
      bar.note(answer.failure.message);
      continue;
    }
    lastReadAt = Date.now();
    const run = parseRun(answer);
    showProgress(bar, run);
    if (hasEnded(run)) return { run, body: answer.body };
  }
  return undefined;
};

const interrupted = ({ commandLine }: Session, id: string): CommandFailed =>
  new CommandFailed(
    `The run goes on.\nFollow it: ${commandLine(`show ${id} --follow`)}\nStop it: ${commandLine(`stop ${id}`)}`,
  );

/** @throws CommandFailed at Ctrl-C, which leaves the run as it is */
const waitForEnd = async (session: Session, id: string): Promise<Ended> => {
  const api = await session.api();
  const bar = await createBar(session.terminal);
  const stop = new AbortController();
  const stopped = new Promise<undefined>((resolve) => stop.signal.addEventListener('abort', () => resolve(undefined)));
  using _ = session.terminal.onInterrupt(() => stop.abort());
  try {
    const ended = await Promise.race([pollRun(api, id, stop.signal, bar), stopped]);
    if (ended === undefined) throw interrupted(session, id);
    return ended;
  } finally {
    bar.end();
  }
};

export const printRun = async (session: Session, run: Run, body: unknown): Promise<ExitCode> => {
  if (session.options.json) session.printJson(body);
  else {
    session.print(formatRunHead(run));
    if (run.outcomes.length > 0) session.print(`\n${await formatOutcomes(run.outcomes)}`);
  }
  // A run that found no instance may succeed, but there is nothing that it confirms.
  const isDone = run.status === 'SUCCEEDED' && run.progress.total > 0;
  return hasEnded(run) && !isDone ? exitCodes.failed : exitCodes.done;
};

/** Shows the progress of a run until it has ended, then its result. */
export const followRun = async (session: Session, id: string): Promise<ExitCode> => {
  const { run, body } = await waitForEnd(session, id);
  return printRun(session, run, body);
};
