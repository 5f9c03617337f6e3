import { CommandFailed, Interrupted, UsageError } from '../errors.ts';
import { isInteractive, type Session } from '../session.ts';

const cancelled = 'Cancelled. Nothing was done.';

const throwInterrupted = (error: unknown): never => {
  if (error instanceof Error && error.name === 'ExitPromptError') throw new Interrupted(cancelled);
  throw error;
};

const streams = ({ terminal: { stdin, stderr } }: Session) => ({ input: stdin, output: stderr });

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
  const prompts = await import('./prompts.ts');
  return prompts.confirm({ message: question, default: false }, streams(session)).catch(throwInterrupted);
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
  const prompts = await import('./prompts.ts');
  return prompts.input({ message: question, required: true }, streams(session)).catch(throwInterrupted);
};

/** Prompts for a secret without showing it, or reads it from standard input if that is no terminal. */
export const promptForSecret = async (session: Session, question: string): Promise<string> => {
  const { stdin } = session.terminal;
  if (!isInteractive(session.terminal)) {
    const { text } = await import('node:stream/consumers');
    return (await text(stdin)).trim();
  }
  const prompts = await import('./prompts.ts');
  const answer = await prompts
    .password({ message: question, toggleMask: false }, streams(session))
    .catch(throwInterrupted);
  return answer.trim();
};
