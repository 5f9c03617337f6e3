/** The process that functions run in: loads their bundles, as Lambda does, and invokes them for its parent. */
import { flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Invocation, InvocationOutcome, WorkerCall, WorkerReply } from './invocations.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const parseBundles = (bundles = '{}'): Readonly<Record<string, string>> => JSON.parse(bundles);
const parseBundle = (bundle: unknown) => bundle as { readonly handler: Handler };
const parseCall = (message: unknown) => message as WorkerCall;

const failed = (error: unknown): InvocationOutcome => ({
  kind: 'failed',
  error:
    error instanceof Error
      ? { ErrorType: error.name, ErrorMessage: error.message, StackTrace: error.stack?.split('\n').slice(1) ?? [] }
      : { ErrorMessage: String(error) },
});

const load = async ([name, bundle]: readonly [string, string]) =>
  [name, parseBundle(await import(pathToFileURL(bundle).href)).handler] as const;

const loading = Promise.all(Object.entries(parseBundles(process.argv[2])).map(load)).then(
  (entries) => new Map(entries),
);

const RealDate = Date;

/** Makes `Date` run faster, so that the times the function computes agree with its shortened waits. */
const setClock = ({ originMs, scale }: NonNullable<Invocation['clock']>) => {
  const now = () => originMs + (RealDate.now() - originMs) * scale;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args),
    get: (target, property) => (property === 'now' ? now : Reflect.get(target, property)),
  });
};

const invoke = async ({ event, deadlineAt, clock, variables, ...context }: Invocation): Promise<InvocationOutcome> => {
  try {
    const handler = (await loading).get(context.functionName);
    if (handler === undefined) throw new Error(`no bundle of the function ${context.functionName} was built`);
    Object.assign(process.env, variables);
    if (clock) setClock(clock);
    const payload = await handler(event, {
      ...context,
      functionVersion: '1',
      memoryLimitInMB: '1024',
      logGroupName: `/aws/lambda/${context.functionName}`,
      logStreamName: 'local',
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadlineAt - RealDate.now()),
    });
    return { kind: 'answered', payload };
  } catch (error) {
    return failed(error);
  }
};

// Without its parent the answer has no receiver: the next service repeats the step.
process.on('disconnect', () => process.exit());
// A terminal sends these to the whole group of processes; the parent decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const reply = (id: number, outcome: InvocationOutcome) =>
  process.send?.({ id, outcome } satisfies WorkerReply, undefined, undefined, () => {});

void loading.then(
  () => {
    reply(0, { kind: 'answered', payload: undefined });
    // Its parent kills it, and what it has compiled would be lost.
    flushCompileCache();
  },
  (error) => reply(0, failed(error)),
);
process.on('message', async (message) => {
  const { id, invocation } = parseCall(message);
  reply(id, await invoke(invocation));
});
