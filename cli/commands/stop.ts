import type { Api } from '../api/api.ts';
import { parseAcceptedRun, parseRun, readRun } from '../api/runs.ts';
import { parseWatch, readWatch } from '../api/watches.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../errors.ts';
import { confirm } from '../input/questions.ts';
import { readRunOrWatchId } from '../input/run-id.ts';
import { describeProgress } from '../output/describe-run.ts';
import { describeWatch } from '../output/describe-watch.ts';
import { printable } from '../output/printable.ts';

const describeRunById = async (api: Api, id: string): Promise<string> => {
  const run = parseRun(await readRun(api, id));
  return `this run (${printable(run.status)}; ${describeProgress(run)})`;
};

const describeWatchById = async (api: Api, id: string): Promise<string> => {
  const watch = parseWatch(await readWatch(api, id));
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
    const answer = await api.send('DELETE', `/${kind === 'run' ? 'forced-logouts' : 'watches'}/${id}`);
    const stopped = parseAcceptedRun(answer);
    if (session.options.json) session.printJson(answer.body);
    else session.print(`${stopped.status}. See its result: ${session.commandLine(`show ${id}`)}`);
    return exitCodes.done;
  },
});
