import { Option } from 'commander';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../errors.ts';
import { loadConfiguration } from '../input/files.ts';

type Options = { readonly configuration: string };

/** Loaded by this command alone: the calendar and the schemas of the configuration. */
const loadSchedules = async (file: string) => {
  const [{ schedules }, { formatSchedules }, { upcomingFirings }, { warningsAbout }] = await Promise.all([
    loadConfiguration(file),
    import('../../infra/configuration/schedules/format-schedules.ts'),
    import('../../infra/configuration/schedules/upcoming-firings.ts'),
    import('../../infra/configuration/schedules/schedule-warnings.ts'),
  ]);
  return { schedules, formatSchedules, upcomingFirings, warningsAbout };
};

export const schedulesCommand = defineCommand<Options>({
  usage: 'schedules',
  summary: 'Show the schedules of a configuration and when each fires next.',
  details: 'It reads the file only. Times are in the zone of the schedule and in UTC; it warns of skipped local times.',
  options: [new Option('--configuration <file>', 'file with the configuration in its context').default('cdk.json')],
  examples: ['schedules', 'schedules --configuration staging.json'],
  run: async (session, { configuration }) => {
    const { schedules, formatSchedules, upcomingFirings, warningsAbout } = await loadSchedules(configuration);
    const now = session.terminal.now();
    if (session.options.json) session.printJson({ schedules: upcomingFirings(schedules, now) });
    else session.print(formatSchedules(schedules, now));
    for (const warning of warningsAbout(schedules, now)) session.note(`Warning: ${warning}`);
    return exitCodes.done;
  },
});
