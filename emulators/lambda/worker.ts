/** The process a function runs in: takes one invocation at a time from its parent, and answers it. */
import { pathToFileURL } from 'node:url';
import type { Invocation, InvocationOutcome } from './invocations.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const parseInvocation = (message: unknown) => message as Invocation;
const parseBundle = (bundle: unknown) => bundle as { readonly handler: Handler };

const errorOf = (error: unknown) =>
  error instanceof Error
    ? { ErrorType: error.name, ErrorMessage: error.message, StackTrace: error.stack?.split('\n').slice(1) ?? [] }
    : { ErrorMessage: String(error) };

const RealDate = Date;

/** Makes `Date` run faster, so that the times the function computes agree with its shortened waits. */
const setClock = ({ originMs, scale }: NonNullable<Invocation['clock']>) => {
  const now = () => originMs + (RealDate.now() - originMs) * scale;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args),
    get: (target, property) => (property === 'now' ? now : Reflect.get(target, property)),
  });
};

const contextOf = ({ deadlineAt, event: _, clock: _1, ...context }: Invocation) => ({
  ...context,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadlineAt - RealDate.now()),
});

const answer = async (handler: Handler, invocation: Invocation): Promise<InvocationOutcome> => {
  try {
    if (invocation.clock) setClock(invocation.clock);
    return { kind: 'answered', payload: await handler(invocation.event, contextOf(invocation)) };
  } catch (error) {
    return { kind: 'failed', error: errorOf(error) };
  }
};

// Without its parent the answer has no receiver: the next service repeats the step.
process.on('disconnect', () => process.exit());
// A terminal sends these to the whole group of processes; the parent decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const { handler } = parseBundle(await import(pathToFileURL(process.argv[2] ?? '').href));
process.on('message', async (message) => process.send?.(await answer(handler, parseInvocation(message))));
