import { text } from 'node:stream/consumers';
import { CommandFailed, Interrupted, UsageError } from '../errors.ts';
import { isInteractive, type Session } from '../session.ts';

const cancelled = 'Cancelled. Nothing was done.';

type Prompts = typeof import('./prompts.ts');
type Streams = Parameters<Prompts['confirm']>[1];

/** @throws Interrupted at Ctrl-C */
const ask = async <Answer>(
  { terminal: { stdin, stderr } }: Session,
  prompt: (prompts: Prompts, streams: Streams) => Promise<Answer>,
): Promise<Answer> => {
  try {
    return await prompt(await import('./prompts.ts'), { input: stdin, output: stderr });
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') throw new Interrupted(cancelled);
    throw error;
  }
};

/**
 * Asks a question to be answered with yes or no. `--yes` answers it.
 *
 * @param option that answers it instead of `--yes`, and was not given
 * @throws UsageError without a terminal, Interrupted at Ctrl-C
 */
export const askYesOrNo = async (session: Session, question: string, option = '--yes'): Promise<boolean> => {
  if (session.options.yes && option === '--yes') return true;
  if (!isInteractive(session.terminal))
    throw new UsageError(`Confirmation is needed, but there is no terminal: ${question} Add ${option}.`);
  return ask(session, (prompts, streams) => prompts.confirm({ message: question, default: false }, streams));
};

/**
 * Asks for confirmation before a command does anything that cannot be undone. `--yes` confirms.
 *
 * @param option as of {@link askYesOrNo}
 * @throws CommandFailed on no, UsageError without a terminal, Interrupted at Ctrl-C
 */
export const confirm = async (session: Session, question: string, option?: string): Promise<void> => {
  if (!(await askYesOrNo(session, question, option))) throw new CommandFailed(cancelled);
};

/** Prompts for one line of text. @throws UsageError naming the option when there is no terminal */
export const promptForText = async (session: Session, question: string, option: string): Promise<string> => {
  if (!isInteractive(session.terminal)) throw new UsageError(`Give ${option}.`);
  return ask(session, (prompts, streams) => prompts.input({ message: question, required: true }, streams));
};

/** Prompts for a secret without showing it, or reads it from standard input if that is no terminal. */
export const promptForSecret = async (session: Session, question: string): Promise<string> => {
  if (!isInteractive(session.terminal)) return (await text(session.terminal.stdin)).trim();
  const message = question;
  return (await ask(session, (prompts, streams) => prompts.password({ message, toggleMask: false }, streams))).trim();
};
