import { Option } from 'commander';
import type { Run } from '../../client/answers.ts';
import { countOf } from '../../client/count-of.ts';
import { describeProgress } from '../../client/run-words.ts';
import { providerNamePattern } from '../../functions/identity-providers/identity-providers.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { countedLeaverOf } from '../../functions/runs/run-name.ts';
import { type Api, acceptedRunIn, describeFailure, valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { confirm } from '../input/questions.ts';
import { resolveRunOrWatchId } from '../input/run-id.ts';
import { describeWatch } from '../output/describe-run.ts';
import { printable } from '../output/printable.ts';
import { formatTable } from '../output/table.ts';
import type { Session } from '../session.ts';

/** Each read takes three calls of Lambda, which allows an account 15 a second. */
const parallelReads = 2;
const parallelStops = 4;

/**
 * The name of a run says whose it is. A run of version 0.2 may have a name without it, so its requester is read too: kind, provider
 * and id of a report. That of an event has two words, source and id. Only a webhook reports with a later date.
 */
const isOf = (provider: string, { id, requestedBy }: Run): boolean =>
  countedLeaverOf(id) !== undefined || requestedBy.startsWith(`webhook ${provider} `);

const waitingRun = ({ id, request }: Run) => {
  const { at, target } = request ?? {};
  if (typeof at !== 'string' || Date.parse(at) <= Date.now()) return [];
  return [{ id, at, person: target !== undefined && 'owner' in target ? target.owner : '' }];
};

/** The runs of an identity provider that wait for their `at`. @throws CommandFailed if one of them cannot be read */
const findWaitingRuns = async (api: Api, provider: string) => {
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

const stopWaitingRuns = async (session: Session, provider: string): Promise<boolean> => {
  const api = await session.api();
  const runs = await findWaitingRuns(api, provider);
  if (runs.length === 0) {
    session.note(`No run of the identity provider ${provider} waits. There is nothing to stop.`);
    if (session.options.json) session.printJson({ stopped: [], failed: [] });
    return true;
  }
  const rows = runs.map(({ id, person, at }) => [id, person, at]);
  session.note(await formatTable(['RUN', 'PERSON', 'AT'], rows));
  await confirm(session, `Stop ${countOf(runs.length, 'run')}? Their people stay logged in.`);
  const results = await inParallel(parallelStops, runs, async ({ id }) => ({ id, result: await api.stopRun(id) }));
  const failures = results.flatMap(({ id, result }) =>
    result.kind === 'ok' ? [] : [{ id, why: describeFailure(result) }],
  );
  const stopped = results.flatMap(({ id, result }) => (result.kind === 'ok' ? id : []));
  session.printResult(
    { stopped, failed: failures.map(({ id }) => id) },
    `${stopped.length} stopped, ${failures.length} not.`,
  );
  for (const { id, why } of failures) session.note(`${id}: ${why}`);
  return failures.length === 0;
};

const describeById = async (api: Api, kind: 'run' | 'watch', id: string): Promise<string> => {
  if (kind === 'run') {
    const run = valueIn(await api.readRun(id));
    return printable(`${run.status}; ${describeProgress(run)}`);
  }
  const watch = valueIn(await api.readWatch(id));
  return printable(`${watch.status}; ${describeWatch(watch)}`);
};

const stopOne = async (session: Session, text: string | undefined): Promise<boolean> => {
  const { kind, id } = await resolveRunOrWatchId(session, text);
  const api = await session.api();
  await confirm(session, `Stop this ${kind} (${await describeById(api, kind, id)})?`);
  const { status, body } = acceptedRunIn(await (kind === 'run' ? api.stopRun : api.stopWatch)(id));
  session.printResult(body, `${status}. See its result: ${session.commandLine(`show ${id}`)}`);
  return true;
};

export const stopCommand = defineCommand<{ readonly provider?: string }>({
  usage: 'stop [run]',
  summary: 'Stop a run, a watch, or every waiting run of an identity provider.',
  details: `The step under way still ends and writes its evidence. No further step starts.
Instances that were logged out stay logged out.
With --provider it lists the runs that the identity provider reported with a later date, asks, and stops them all.
The people stay logged in. A report that is sent again with the same id starts none of them again.`,
  options: [new Option('--provider <name>', 'stop all runs of this identity provider that wait for a later date')],
  examples: ['stop api-6367c48dd193d56ea7b0baad25b19455e529f5ee', 'stop --provider hr'],
  run: async (session, { provider }, [text]) => {
    if (provider === undefined) return stopOne(session, text);
    if (text !== undefined)
      throw new UsageError('Give a run, or --provider for all waiting runs of one, and not both.');
    if (!providerNamePattern.test(provider))
      throw new UsageError('Invalid --provider: it is the name of an identity provider in the configuration.');
    return stopWaitingRuns(session, provider);
  },
});
