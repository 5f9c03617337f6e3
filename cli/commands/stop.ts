import type { Api } from '../api/api.ts';
import { acceptedRunIn, valueIn } from '../api/failure.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../errors.ts';
import { confirm } from '../input/questions.ts';
import { readRunOrWatchId } from '../input/run-id.ts';
import { describeProgress } from '../output/describe-run.ts';
import { describeWatch } from '../output/describe-watch.ts';
import { printable } from '../output/printable.ts';

const describeRunById = async (api: Api, id: string): Promise<string> => {
  const run = valueIn(await api.readRun(id));
  return `this run (${printable(run.status)}; ${describeProgress(run)})`;
};

const describeWatchById = async (api: Api, id: string): Promise<string> => {
  const watch = valueIn(await api.readWatch(id));
  return `this watch (${printable(watch.status)}; ${describeWatch(watch)})`;
};

export const stopCommand = defineCommand({
  usage: 'stop <run>',
  summary: 'Stop a run, or a watch.',
  details: `The step that is under way ends and writes its evidence; nothing follows it.
Instances that were logged out stay logged out.`,
  examples: ['stop api-6367c48dd193d56ea7b0baad25b19455e529f5ee'],
  run: async (session, _options, [text]) => {
    const { kind, id } = readRunOrWatchId(text);
    const api = await session.api();
    await confirm(session, `Stop ${await (kind === 'run' ? describeRunById : describeWatchById)(api, id)}?`);
    const { status, body } = acceptedRunIn(await (kind === 'run' ? api.stopRun : api.stopWatch)(id));
    if (session.options.json) session.printJson(body);
    else session.print(`${status}. See its result: ${session.commandLine(`show ${id}`)}`);
    return exitCodes.done;
  },
});
