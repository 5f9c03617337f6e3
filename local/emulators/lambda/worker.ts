/** The process a function runs in: takes one invocation at a time from its parent, and answers it. */
import { pathToFileURL } from 'node:url';
import type { Invocation, InvocationOutcome } from './invocation.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const parseInvocation = (message: unknown) => message as Invocation;
const parseBundle = (bundle: unknown) => bundle as { readonly handler: Handler };

const errorOf = (error: unknown) =>
  error instanceof Error
    ? { ErrorType: error.name, ErrorMessage: error.message, StackTrace: error.stack?.split('\n').slice(1) ?? [] }
    : { ErrorMessage: String(error) };

const contextOf = ({ deadlineAt, event: _, ...context }: Invocation) => ({
  ...context,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadlineAt - Date.now()),
});

const answer = async (handler: Handler, invocation: Invocation): Promise<InvocationOutcome> => {
  try {
    return { kind: 'answered', payload: await handler(invocation.event, contextOf(invocation)) };
  } catch (error) {
    return { kind: 'failed', error: errorOf(error) };
  }
};

// Without its parent nobody would hear of what it does: the next service repeats the step.
process.on('disconnect', () => process.exit());

const { handler } = parseBundle(await import(pathToFileURL(process.argv[2] ?? '').href));
process.on('message', async (message) => process.send?.(await answer(handler, parseInvocation(message))));
