import { Option } from 'commander';
import { parseRun, readRun } from '../api/runs.ts';
import { defineCommand } from '../command.ts';
import { followRun, printRun } from '../follow-run.ts';
import { readRunId } from '../input/run-id.ts';

type Options = { readonly follow?: boolean };

export const showCommand = defineCommand<Options>({
  usage: 'show <run>',
  summary: 'Show a run: its status, progress and the outcome for each instance.',
  details: 'The exit code is 1 if the run has ended without success.',
  options: [new Option('--follow', 'show the progress until the run has ended')],
  examples: ['show api-6367c48dd193d56ea7b0baad25b19455e529f5ee --follow'],
  run: async (session, { follow }, [text]) => {
    const id = readRunId(text);
    if (follow) return followRun(session, id);
    const answer = await readRun(await session.api(), id);
    return printRun(session, parseRun(answer), answer.body);
  },
});
