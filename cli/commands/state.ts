import { inParallel } from '../../functions/platform/in-parallel.ts';
import { describeFailure, parallelCalls } from '../api/api.ts';
import { defineCommand } from '../command.ts';
import { readInstanceIds } from '../input/options.ts';
import { describeReading } from '../output/instances.ts';
import { formatTable } from '../output/table.ts';

export const stateCommand = defineCommand({
  usage: 'state <idInstance...>',
  summary: 'Read the state that GREEN-API reports for each instance now.',
  details:
    'Nothing is changed. "linked" means that a session is open, "logged out" that none is. GREEN-API\'s own word is beside it.',
  examples: ['state 1101000001', 'state 1101000001 1101000002 --json'],
  run: async (session, _options, args) => {
    const ids = readInstanceIds(args);
    const api = await session.api();
    const readings = await inParallel(parallelCalls, ids, (id) => api.readState(id));
    if (session.options.json)
      for (const reading of readings) session.printJson('body' in reading ? reading.body : null);
    else {
      const rows = readings.map((reading, index) =>
        reading.kind === 'ok'
          ? [ids[index], describeReading(reading), reading.value.readAt]
          : [ids[index], 'not read', describeFailure(reading)],
      );
      session.print(await formatTable(['INSTANCE', 'STATE', 'READ AT'], rows));
    }
    return readings.every(({ kind }) => kind === 'ok');
  },
});
