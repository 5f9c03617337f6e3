import { Option } from 'commander';
import {
  describeListedTarget,
  describeRequester,
  describeResult,
  describeStatus,
  shortRunId,
} from '../../client/run-words.ts';
import { valueIn } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { parseCount } from '../input/options.ts';
import { formatTable } from '../output/table.ts';

export const runsCommand = defineCommand<{ readonly status?: string; readonly limit: number }>({
  usage: 'runs',
  summary: 'List the runs, the newest first.',
  details: `Each id is shown by its last eight characters. The commands show, stop and retry take this short form.
--json prints the whole id. The result is known once a run has ended by itself.`,
  options: [
    new Option('--status <status>', 'only runs in this status, for example RUNNING or FAILED'),
    new Option('--limit <count>', 'how many to list').argParser(parseCount).default(20),
  ],
  examples: ['runs', 'runs --status RUNNING'],
  run: async (session, { status, limit }) => {
    const runs = valueIn(await (await session.api()).listRuns(limit, status?.toUpperCase()));
    if (session.options.json) session.printJson({ runs });
    else if (runs.length === 0)
      session.note(
        status === undefined ? 'There are no runs yet.' : `There is no run in the status ${status.toUpperCase()}.`,
      );
    else {
      const rows = runs.map((run) => [
        shortRunId(run.id),
        run.source,
        describeStatus(run),
        run.startedAt,
        run.target && describeListedTarget(run.target),
        describeResult(run),
        run.retryOf === undefined ? run.reason : `${run.reason} (retry of ${shortRunId(run.retryOf)})`,
        run.requestedBy && describeRequester({ requestedBy: run.requestedBy, source: run.source }),
      ]);
      session.print(
        await formatTable(['RUN', 'SOURCE', 'STATUS', 'STARTED', 'TARGET', 'RESULT', 'REASON', 'REQUESTED BY'], rows),
      );
    }
    return true;
  },
});
