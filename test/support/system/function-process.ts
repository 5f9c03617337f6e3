/** A process that holds built functions, as Lambda's does: takes events from its parent, and answers each as soon as it can. */
import { flushCompileCache } from 'node:module';
import { inspect } from 'node:util';
import type { FunctionAnswer, FunctionCall } from './functions.ts';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const handlers = new Map<string, Promise<Handler>>();
let lastLoaded: Promise<unknown> = Promise.resolve();

const parseBundle = (bundle: unknown) => bundle as { readonly handler: Handler };

/** The environment is read while a bundle is loaded, so they are loaded one after the other. */
const load = ({ bundle, variables }: FunctionCall): Promise<Handler> => {
  const address = `${bundle}?${new URLSearchParams(variables)}`;
  const known = handlers.get(address);
  if (known !== undefined) return known;

  const loading = lastLoaded.then(async () => {
    Object.assign(process.env, variables);
    const { handler } = parseBundle(await import(address));
    for (const name of Object.keys(variables)) delete process.env[name];
    // It will be killed. Once is enough: nobody asks for the code of an address with variables again.
    if (handlers.size === 1) flushCompileCache();
    return handler;
  });
  lastLoaded = loading;
  handlers.set(address, loading);
  return loading;
};

const answer = async (call: FunctionCall): Promise<FunctionAnswer> => {
  try {
    const handler = await load(call);
    const endsAt = Date.now() + call.remainingMs;
    const context = { getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()) };
    return { id: call.id, kind: 'answered', answer: await handler(call.event, context) };
  } catch (error) {
    // All of it: its causes, and what is not shown otherwise.
    return { id: call.id, kind: 'threw', error: inspect(error, { depth: null, showHidden: true }) };
  }
};

process.on('disconnect', () => process.exit());
process.on('message', async (message) => process.send?.(await answer(message as FunctionCall)));
