import { startLambda } from '../../emulators/lambda/emulator.ts';
import { openJournal } from '../../emulators/lambda/journal.ts';
import type { LambdaEvent } from '../../emulators/lambda/options.ts';
import { parseVariables } from '../../functions/platform/environment.ts';
import { readStartingEnvironment, watchingSettings } from '../../functions/platform/settings.ts';
import type { Progress } from '../../functions/runs/outcome.ts';
import { type FinishedStep, resultsFromSteps } from '../../functions/runs/results-from-steps.ts';
import { bundleOf, functionVariables } from './functions.ts';
import { CannotStart, type Options } from './options.ts';
import type { Print } from './output.ts';

type HistoryEvent = Extract<LambdaEvent, { readonly kind: 'history' }>['event'];

const describe = ({ total, loggedOut, failed, skipped, pending }: Progress): string =>
  `${loggedOut} of ${total} logged out, ${failed} failed, ${skipped} skipped, ${pending} pending`;

const finishedStepIn = ({ EventType, Name = '', StepSucceededDetails }: HistoryEvent): readonly FinishedStep[] =>
  EventType === 'StepSucceeded' ? [{ name: Name, payload: StepSucceededDetails?.Result?.Payload }] : [];

/** Prints a line whenever a run or a watch starts, gets further or ends. */
export const createProgressLines = (print: Print, runFunction: string) => {
  const stepsOf = new Map<string, readonly FinishedStep[]>();

  const addSteps = (arn: string, title: string, steps: readonly FinishedStep[], prefix: string) => {
    if (steps.length === 0) return;
    const all = [...(stepsOf.get(arn) ?? []), ...steps];
    stepsOf.set(arn, all);
    const { progress } = resultsFromSteps(all);
    if (progress.total > 0) print(`${title} ${prefix}: ${describe(progress)}\n`);
  };

  return (happened: LambdaEvent): void => {
    if (happened.kind !== 'history' && happened.kind !== 'execution-resumed') return;
    const { name, arn, functionName } = happened.execution;
    const title = `${functionName === runFunction ? 'run' : 'watch'} ${name}`;
    if (happened.kind === 'execution-resumed') {
      print(`${title} goes on\n`);
      addSteps(arn, title, happened.events.flatMap(finishedStepIn), 'so far');
      return;
    }
    const { EventType = '', Name = '' } = happened.event;
    addSteps(arn, title, finishedStepIn(happened.event), Name);
    if (!EventType.startsWith('Execution')) return;
    print(`${title} ${EventType.slice('Execution'.length).toLowerCase()}\n`);
    if (EventType !== 'ExecutionStarted') stepsOf.delete(arn);
  };
};

/** As long as Lambda lets the watch run, and it ends by itself before that. */
const watchTimeoutMs = 31 * 24 * 60 * 60 * 1_000;

const bundled = (name: string) => ({ bundle: bundleOf(name), environment: functionVariables });

const refuseJournal = (journal: string, error: unknown): never => {
  const { message: problem } = Object(error);
  throw new CannotStart(`--journal ${journal} cannot be used: ${problem}. Name another folder with --journal`);
};

/** @throws {@link CannotStart} if the journal cannot be written, or another service has it */
export const checkJournal = (journal: string): void => {
  try {
    openJournal(journal, () => {}).close();
  } catch (error) {
    refuseJournal(journal, error);
  }
};

/**
 * Emulates Lambda around the built durable functions; runs that an earlier service left in the journal go on.
 *
 * @throws {@link CannotStart} if the journal cannot be written, or another service has it
 */
export const startRuns = async ({ journal, timeScale }: Options, print: Print, onLine: (line: string) => void) => {
  const { AWS_REGION: region } = process.env;
  const { runFunction, executionTimeoutMs } = readStartingEnvironment(process.env);
  const { watchFunction } = parseVariables(watchingSettings, process.env);
  const scale = timeScale > 1 && { timeScale };
  try {
    return await startLambda({
      folder: journal,
      ...(region !== undefined && { region }),
      functions: {
        [runFunction]: { ...bundled('run'), executionTimeoutMs },
        [watchFunction]: { ...bundled('watch'), executionTimeoutMs: watchTimeoutMs, ...scale },
      },
      onEvent: createProgressLines(print, runFunction),
      onOutput: onLine,
      onProblem: (line) => print(`${line}\n`),
      deadLetter: ({ name, status }) =>
        print(`run ${name} ${status}: on AWS its request is now in the dead-letter queue\n`),
    });
  } catch (error) {
    return refuseJournal(journal, error);
  }
};
