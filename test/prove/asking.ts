import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import { createForcedLogoutRun } from '../../functions/forced-logout/forced-logout-run.ts';
import { type ForcedLogout, forcedLogoutSchema } from '../../functions/forced-logout/request.ts';
import { RunFailure } from '../../functions/forced-logout/run-failure.ts';
import { parseSummary } from '../../functions/forced-logout/summary.ts';
import { wireRun } from '../../functions/runtime/wire-run.ts';
import { createClock, execute } from '../functions/forced-logout/fake-execution.ts';
import { type Answer, httpEventOf, parseAnswer } from '../support/http-event.ts';
import type { FaultWorld } from './fault-world.ts';

const parseResult = (result: unknown) => parseAnswer(result as APIGatewayProxyStructuredResultV2);

type Options = Parameters<FaultWorld['doors']['call']>[2];

const ask = async (world: FaultWorld, door: string, asked: Parameters<typeof httpEventOf>[0], options?: Options) => {
  const called = await world.doors.call(world.bundles.of(door), httpEventOf(asked), options);
  if (called.kind === 'threw') throw new Error(`${door} threw: ${called.error}`);
  return parseResult(called.answer);
};

/** Asks the logout door; `wait` is in seconds. */
export const logOut = (world: FaultWorld, idInstance: string, wait: number, options?: Options): Promise<Answer> =>
  ask(world, 'logout', { pathParameters: { idInstance }, headers: { prefer: `wait=${wait}` } }, options);

/** Asks the instances door for those whose secrets' names begin with `prefix`. */
export const list = (world: FaultWorld, prefix: string): Promise<Answer> =>
  ask(world, 'instances', {}, { variables: { SECRET_PREFIX: prefix } });

export type RunSeen = Awaited<ReturnType<typeof run>>;

/**
 * Carries out a run on a clock that jumps over its waits; all that it asks goes over the real SDK and real sockets.
 *
 * @param options.seconds how long it may act, on that clock
 */
export const run = async (
  { variables, write }: FaultWorld,
  asked: Pick<ForcedLogout, 'target'> & Partial<ForcedLogout>,
  { seconds = 6, prefix = 'green-api/' } = {},
) => {
  const clock = createClock();
  const request = v.parse(forcedLogoutSchema, {
    reason: 'phones lost',
    requestedBy: 'arn:aws:iam::111122223333:role/SecurityDesk AROAEXAMPLEID',
    source: 'api',
    expiresAt: new Date(clock.now().getTime() + seconds * 1_000).toISOString(),
    maxTargets: 3_000,
    ...asked,
  });
  const wired = wireRun({ variables: { ...variables, SECRET_PREFIX: prefix }, write });
  const carryOut = createForcedLogoutRun({ ...wired, now: clock.now });
  const { result, error } = await execute(clock, (durable) =>
    carryOut(request, { runId: `api-${'0'.repeat(40)}`, durable, remainingMs: () => 900_000 }),
  );
  if (error !== undefined && !(error instanceof RunFailure)) throw error;
  const outcomes = parseSummary(error?.errorData ?? JSON.stringify(result))?.outcomes ?? [];
  return {
    /** `SUCCEEDED`, or why it failed. */
    ending: error?.errorType ?? 'SUCCEEDED',
    outcomeOf: (id: string) => outcomes.find(({ idInstance }) => idInstance === id),
  };
};
