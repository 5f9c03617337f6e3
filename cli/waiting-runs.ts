import type { Run } from '../client/answers.ts';
import { countOf } from '../client/count-of.ts';
import { inParallel } from '../functions/platform/in-parallel.ts';
import { countedLeaverOf } from '../functions/runs/run-name.ts';
import type { Api } from './api/api.ts';
import { describeFailure, valueIn } from './api/failure.ts';
import { type ExitCode, exitCodes } from './errors.ts';
import { confirm } from './input/questions.ts';
import { printable } from './output/printable.ts';
import { formatTable } from './output/table.ts';
import type { Session } from './session.ts';

/** Each read takes three calls of Lambda, which allows an account 15 a second. */
const parallelReads = 2;
const parallelStops = 4;

type WaitingRun = { readonly id: string; readonly person: string; readonly at: string };

/** The name of a run says whose it is. A run of version 0.2 may have a name without it, so its requester is read too. */
const isOf = (provider: string, { id, requestedBy }: Run): boolean =>
  countedLeaverOf(id) !== undefined ||
  new RegExp(`^(?:webhook|okta-event-hook|scim) ${provider}(?: |$)`).test(requestedBy);

const waitingRun = ({ id, request }: Run): readonly WaitingRun[] => {
  const { at, target } = request ?? {};
  if (typeof at !== 'string' || Date.parse(at) <= Date.now()) return [];
  return [{ id, at, person: target !== undefined && 'owner' in target ? target.owner : '' }];
};

/** The runs of an identity provider that wait for their `at`. @throws CommandFailed if one of them cannot be read */
const findWaitingRuns = async (api: Api, provider: string): Promise<readonly WaitingRun[]> => {
  const running = valueIn(await api.listRuns(Number.POSITIVE_INFINITY, 'RUNNING'));
  const possible = running.filter(({ id, source }) => {
    const counted = countedLeaverOf(id);
    return source === 'offboarding' && (counted === undefined || counted.provider === provider);
  });
  const results = await inParallel(parallelReads, possible, ({ id }) => api.readRun(id));
  return results
    .map(valueIn)
    .filter((run) => isOf(provider, run))
    .flatMap(waitingRun);
};

const formatRuns = (runs: readonly WaitingRun[]): Promise<string> =>
  formatTable(
    ['RUN', 'PERSON', 'AT'],
    runs.map(({ id, person, at }) => [id, printable(person), at]),
  );

/**
 * Stops every run of an identity provider that waits for its `at`.
 *
 * @throws CommandFailed if they cannot be found or on no, UsageError without a terminal
 */
export const stopWaitingRuns = async (session: Session, provider: string): Promise<ExitCode> => {
  const api = await session.api();
  const runs = await findWaitingRuns(api, provider);
  if (runs.length === 0) {
    session.note(`No run of the identity provider ${provider} waits. There is nothing to stop.`);
    if (session.options.json) session.printJson({ stopped: [], failed: [] });
    return exitCodes.done;
  }
  session.note(await formatRuns(runs));
  await confirm(session, `Stop ${countOf(runs.length, 'run')}? Their people stay logged in.`);
  const results = await inParallel(parallelStops, runs, async ({ id }) => ({ id, result: await api.stopRun(id) }));
  const failures = results.flatMap(({ id, result }) =>
    result.kind === 'ok' ? [] : [{ id, why: describeFailure(result) }],
  );
  const stopped = results.filter(({ result }) => result.kind === 'ok').map(({ id }) => id);
  if (session.options.json) session.printJson({ stopped, failed: failures.map(({ id }) => id) });
  else session.print(`${stopped.length} stopped, ${failures.length} not.`);
  for (const { id, why } of failures) session.note(`${id}: ${why}`);
  return failures.length === 0 ? exitCodes.done : exitCodes.failed;
};
