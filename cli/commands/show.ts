import { Option } from 'commander';
import { successIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { followRun, printRun } from '../follow-run.ts';
import { resolveRunOrWatchId } from '../input/run-id.ts';
import { formatWatch } from '../output/describe-run.ts';

export const showCommand = defineCommand<{ readonly follow?: boolean }>({
  usage: 'show <run>',
  summary: 'Show a run: its status, progress and the outcome for each instance.',
  details: `The exit code is 1 if the run has ended without success or found no instance. With the id of a watch it
shows the watch. The exit code is then 1 if an instance was linked again.`,
  options: [new Option('--follow', 'show the progress until the run has ended')],
  examples: [
    'show api-6367c48dd193d56ea7b0baad25b19455e529f5ee --follow',
    'show e529f5ee',
    'show watch-6367c48dd193d56ea7b0baad25b19455e529f5ee',
  ],
  run: async (session, { follow }, [text]) => {
    const { kind, id } = await resolveRunOrWatchId(session, text);
    if (follow && kind === 'watch') throw new UsageError('A watch lasts for days. Show it without --follow.');
    if (follow) return followRun(session, id);
    const api = await session.api();
    if (kind === 'run') return printRun(session, successIn(await api.readRun(id)));
    const { value: watch, body } = successIn(await api.readWatch(id));
    session.printResult(body, await formatWatch(watch));
    return watch.progress.linkedAgain === 0;
  },
});
