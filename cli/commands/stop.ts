import { Option } from 'commander';
import { providerNamePattern } from '../../functions/identity-providers/identity-providers.ts';
import type { Api } from '../api/api.ts';
import { acceptedRunIn, valueIn } from '../api/failure.ts';
import { defineCommand } from '../command.ts';
import { type ExitCode, exitCodes, UsageError } from '../errors.ts';
import { confirm } from '../input/questions.ts';
import { resolveRunOrWatchId } from '../input/run-id.ts';
import { describeProgress, describeWatch } from '../output/describe-run.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import { stopWaitingRuns } from '../waiting-runs.ts';

type Options = { readonly provider?: string };

const describeRunById = async (api: Api, id: string): Promise<string> => {
  const run = valueIn(await api.readRun(id));
  return `this run (${printable(run.status)}; ${describeProgress(run)})`;
};

const describeWatchById = async (api: Api, id: string): Promise<string> => {
  const watch = valueIn(await api.readWatch(id));
  return `this watch (${printable(watch.status)}; ${describeWatch(watch)})`;
};

const stopOne = async (session: Session, text: string | undefined): Promise<ExitCode> => {
  const { kind, id } = await resolveRunOrWatchId(session, text);
  const api = await session.api();
  await confirm(session, `Stop ${await (kind === 'run' ? describeRunById : describeWatchById)(api, id)}?`);
  const { status, body } = acceptedRunIn(await (kind === 'run' ? api.stopRun : api.stopWatch)(id));
  if (session.options.json) session.printJson(body);
  else session.print(`${status}. See its result: ${session.commandLine(`show ${id}`)}`);
  return exitCodes.done;
};

export const stopCommand = defineCommand<Options>({
  usage: 'stop [run]',
  summary: 'Stop a run, a watch, or every waiting run of an identity provider.',
  details: `The step that is under way ends and writes its evidence; nothing follows it.
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
