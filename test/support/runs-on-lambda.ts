import type { Event, OperationUpdate } from '@aws-sdk/client-lambda';
import { composeForcedLogouts, createForcedLogoutsHandler } from '../../functions/forced-logouts.ts';
import { composeSchedule, createScheduleHandler } from '../../functions/schedule.ts';
import { useEmulators } from './aws-environment.ts';
import { contextOf, httpEventOf, parseAnswer } from './http-event.ts';
import { startPuppet } from './lambda/puppet.ts';

export type Step = { readonly name: string; readonly result: unknown };

const updateOf = ({ name, result }: Step, index: number): OperationUpdate => ({
  Id: `${name}-${index}`,
  Name: name,
  Type: 'STEP',
  Action: 'SUCCEED',
  Payload: JSON.stringify(result),
});

const startOf = (Name: string): OperationUpdate => ({ Id: Name, Name, Type: 'STEP', Action: 'START' });

export type Wait = { readonly name: string; readonly seconds: number };

const waitOf = ({ name, seconds }: Wait): OperationUpdate => ({
  Id: name,
  Name: name,
  Type: 'WAIT',
  Action: 'START',
  WaitOptions: { WaitSeconds: seconds },
});

/** The functions as they are deployed, with the real SDK, around a Lambda whose run is the test itself. */
export const startRunsSetup = async (bundle: string, variables: Readonly<Record<string, string>> = {}) => {
  const puppet = await startPuppet(bundle);
  useEmulators({ lambda: puppet.url });
  const lines: string[] = [];
  const processIo = {
    variables: { RUN_FUNCTION: 'run', ...variables },
    write: (line: string) => void lines.push(line),
  };
  const forcedLogouts = createForcedLogoutsHandler(composeForcedLogouts(processIo.variables, processIo.write));
  const schedule = createScheduleHandler(composeSchedule(processIo.variables, processIo.write));
  const call = async (routeKey: string, fields: Omit<Parameters<typeof httpEventOf>[0], 'routeKey'>) =>
    parseAnswer(await forcedLogouts(httpEventOf({ routeKey, ...fields }), contextOf()));
  const byId = (id: unknown) => ({ pathParameters: { id: String(id) } });

  return {
    lines,
    /** How Lambda behaves. */
    settings: puppet.settings,
    post: (body: object, key: string, authorizer?: object) =>
      call('POST /forced-logouts', {
        headers: { 'idempotency-key': key },
        body: JSON.stringify(body),
        ...(authorizer && { authorizer }),
      }),
    list: (query: Record<string, string> = {}) => call('GET /forced-logouts', { queryStringParameters: query }),
    get: (id: unknown) => call('GET /forced-logouts/{id}', byId(id)),
    stop: (id: unknown, authorizer?: object) =>
      call('DELETE /forced-logouts/{id}', { ...byId(id), ...(authorizer && { authorizer }) }),
    fire: (input: unknown) => schedule(input, contextOf()),
    /** What Lambda starts, in order. */
    started: (): readonly Event[] =>
      puppet.events.items.flatMap((event) =>
        event.kind === 'history' && event.event.EventType === 'ExecutionStarted' ? [event.event] : [],
      ),
    /** Goes through these steps, which stay checkpointed, starts others, or a wait, and leaves the run where it is. */
    perform: async (steps: readonly Step[], unfinished: readonly string[] = [], wait?: Wait) => {
      const { event, answer } = await puppet.invocation();
      const updates = [...steps.map(updateOf), ...unfinished.map(startOf), ...(wait ? [waitOf(wait)] : [])];
      await puppet.checkpoint(event, event.CheckpointToken, updates);
      return async (output: object) => {
        answer(output);
        await puppet.ended(event.DurableExecutionArn);
      };
    },
    [Symbol.asyncDispose]: puppet[Symbol.asyncDispose],
  };
};
