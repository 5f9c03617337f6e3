import { CommandFailed, UsageError } from '../errors.ts';
import type { Session } from '../session.ts';
import { isInteractive } from '../terminal.ts';

/** Ctrl-C at a question. */
const cancelled = (error: unknown): never => {
  if (error instanceof Error && error.name === 'ExitPromptError')
    throw new CommandFailed('Cancelled. Nothing was done.');
  throw error;
};

const streams = ({ terminal: { stdin, stderr } }: Session) => ({ input: stdin, output: stderr });

/**
 * Asks for confirmation before something that cannot be undone. `--yes` confirms.
 *
 * @throws CommandFailed on no, UsageError without a terminal
 */
export const confirm = async (session: Session, question: string): Promise<void> => {
  if (session.options.yes) return;
  if (!isInteractive(session.terminal))
    throw new UsageError(`Confirmation is needed, but there is no terminal: ${question} Add --yes.`);
  const prompts = await import('./prompts.ts');
  const agreed = await prompts.confirm({ message: question, default: false }, streams(session)).catch(cancelled);
  if (!agreed) throw new CommandFailed('Cancelled. Nothing was done.');
};

/** Prompts for one line of text. @throws UsageError naming the option when there is no terminal */
export const promptForText = async (session: Session, question: string, option: string): Promise<string> => {
  if (!isInteractive(session.terminal)) throw new UsageError(`Give ${option}.`);
  const prompts = await import('./prompts.ts');
  return prompts.input({ message: question, required: true }, streams(session)).catch(cancelled);
};

/** Prompts for a secret without showing it, or reads it from standard input if that is no terminal. */
export const promptForSecret = async (session: Session, question: string): Promise<string> => {
  const { stdin } = session.terminal;
  if (!isInteractive(session.terminal)) {
    const { text } = await import('node:stream/consumers');
    return (await text(stdin)).trim();
  }
  const prompts = await import('./prompts.ts');
  const answer = await prompts.password({ message: question, toggleMask: false }, streams(session)).catch(cancelled);
  return answer.trim();
};
