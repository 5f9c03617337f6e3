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
 * Asks before something is done that cannot be undone; `--yes` answers.
 *
 * @throws CommandFailed on no, UsageError where there is nobody to ask
 */
export const confirm = async (session: Session, question: string): Promise<void> => {
  if (session.options.yes) return;
  if (!isInteractive(session.terminal))
    throw new UsageError(`This needs an answer, and there is no terminal to ask on: ${question} Add --yes.`);
  const prompts = await import('./prompts.ts');
  const agreed = await prompts.confirm({ message: question, default: false }, streams(session)).catch(cancelled);
  if (!agreed) throw new CommandFailed('Cancelled. Nothing was done.');
};

/** Asks for one line of text. @throws UsageError naming the option where there is nobody to ask */
export const askText = async (session: Session, question: string, option: string): Promise<string> => {
  if (!isInteractive(session.terminal)) throw new UsageError(`Give ${option}.`);
  const prompts = await import('./prompts.ts');
  return prompts.input({ message: question, required: true }, streams(session)).catch(cancelled);
};

/** Asks for a secret without showing it, or reads it from an input that is no terminal. */
export const askSecret = async (session: Session, question: string): Promise<string> => {
  const { stdin } = session.terminal;
  if (!isInteractive(session.terminal)) {
    const { text } = await import('node:stream/consumers');
    return (await text(stdin)).trim();
  }
  const prompts = await import('./prompts.ts');
  const answer = await prompts.password({ message: question, toggleMask: false }, streams(session)).catch(cancelled);
  return answer.trim();
};
