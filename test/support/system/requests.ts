import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import { composeInstances, createInstancesHandler } from '../../../functions/instances.ts';
import { composeRun } from '../../../functions/run.ts';
import { RunFailure } from '../../../functions/runs/conclude.ts';
import { createExecuteRun } from '../../../functions/runs/execute-run.ts';
import { type RunRequest, runRequestSchema } from '../../../functions/runs/request.ts';
import { parseSummary } from '../../../functions/runs/summary.ts';
import { createClock, execute } from '../fake-execution.ts';
import { type Answer, contextOf, httpEventOf, parseAnswer } from '../http-event.ts';
import { bundleOf } from './bundle-of.ts';
import type { FaultSetup } from './fault-setup.ts';

/** The reason in each request, and so in every record of it. */
export const reason = 'phones lost at gate 47b9';

type Options = Parameters<FaultSetup['functions']['call']>[2];

/** Calls the logout function; `wait` is in seconds. */
export const logOut = async (
  setup: FaultSetup,
  idInstance: string,
  wait: number,
  options?: Options,
): Promise<Answer> => {
  const headers = { prefer: `wait=${wait}` };
  const event = httpEventOf({ pathParameters: { idInstance }, headers, body: JSON.stringify({ reason }) });
  const called = await setup.functions.call(bundleOf('logout'), event, options);
  if (called.kind === 'threw') throw new Error(`the logout function threw: ${called.error}`);
  return parseAnswer(called.answer as APIGatewayProxyStructuredResultV2);
};

/** Calls the instances function, in this process, for the instances whose secrets' names begin with `prefix`. */
export const list = async ({ variables, write }: FaultSetup, prefix: string): Promise<Answer> => {
  const composed = composeInstances({ ...variables, SECRET_PREFIX: prefix }, write);
  return parseAnswer(await createInstancesHandler(composed)(httpEventOf({}), contextOf()));
};

export type RunSeen = Awaited<ReturnType<typeof run>>;

type Composed = ReturnType<typeof composeRun>;

const composedBefore = new WeakMap<FaultSetup, Map<string, Composed>>();

/** The dependencies of a run: one set for each set of variables, as in one process of Lambda's. */
const wire = (setup: FaultSetup, variables: Readonly<Record<string, string>>): Composed => {
  const known = composedBefore.get(setup) ?? new Map<string, Composed>();
  composedBefore.set(setup, known);
  const key = JSON.stringify(variables);
  const composed = known.get(key) ?? composeRun({ ...setup.variables, ...variables }, setup.write);
  known.set(key, composed);
  return composed;
};

/**
 * Executes a run on a clock that jumps over its waits. All its calls go through the real SDK and real sockets.
 *
 * @param options.seconds how long it may act, on that clock
 * @param options.waitsTimes the factor by which its waits last longer than it requested
 */
export const run = async (
  setup: FaultSetup,
  fields: Pick<RunRequest, 'target'> & Partial<RunRequest>,
  {
    seconds = 20,
    waitsTimes = 1,
    variables = {},
  }: {
    readonly seconds?: number;
    readonly waitsTimes?: number;
    readonly variables?: Readonly<Record<string, string>>;
  } = {},
) => {
  const steady = createClock();
  const clock = { ...steady, advance: (ms: number) => steady.advance(ms * waitsTimes) };
  const request = v.parse(runRequestSchema, {
    reason,
    requestedBy: 'arn:aws:iam::111122223333:role/SecurityDesk AROAEXAMPLEID',
    source: 'api',
    expiresAt: new Date(clock.now().getTime() + seconds * 1_000).toISOString(),
    maxTargets: 3_000,
    ...fields,
  });
  const carryOut = createExecuteRun({
    ...wire(setup, variables),
    now: clock.now,
    sleep: async (ms) => clock.advance(ms),
  });
  const { result, error } = await execute(clock, (durable) =>
    carryOut(request, { name: `api-${'0'.repeat(40)}`, durable, remainingMs: () => 900_000 }),
  );
  if (error !== undefined && !(error instanceof RunFailure)) throw error;
  const outcomes = parseSummary(error?.errorData ?? JSON.stringify(result))?.outcomes ?? [];
  return {
    /** `SUCCEEDED`, or why it failed. */
    ending: error?.errorType ?? 'SUCCEEDED',
    outcomeOf: (id: string) => outcomes.find(({ idInstance }) => idInstance === id),
  };
};
