import { parseAcceptedRun, parseRun, readRun } from '../api/runs.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../errors.ts';
import { confirm } from '../input/questions.ts';
import { readRunId } from '../input/run-id.ts';
import { describeProgress } from '../output/describe-run.ts';

export const stopCommand = defineCommand({
  usage: 'stop <run>',
  summary: 'Stop a run.',
  details: `The step that is under way ends and writes its evidence; nothing follows it.
Instances that were logged out stay logged out.`,
  examples: ['stop api-6367c48dd193d56ea7b0baad25b19455e529f5ee'],
  run: async (session, _options, [text]) => {
    const id = readRunId(text);
    const api = await session.api();
    const run = parseRun(await readRun(api, id));
    await confirm(session, `Stop this run (${run.status}; ${describeProgress(run)})?`);
    const answer = await api.send('DELETE', `/forced-logouts/${id}`);
    const stopped = parseAcceptedRun(answer);
    if (session.options.json) session.printJson(answer.body);
    else session.print(`${stopped.status}. See who was logged out: ${session.commandLine(`show ${id}`)}`);
    return exitCodes.done;
  },
});
