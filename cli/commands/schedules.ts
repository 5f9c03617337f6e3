import { Option } from 'commander';
import { defineCommand } from '../command.ts';
import { loadConfiguration } from '../input/files.ts';

export const schedulesCommand = defineCommand<{ readonly configuration: string }>({
  usage: 'schedules',
  summary: 'Show the schedules of a configuration and when each fires next.',
  details:
    'It reads the file only. Times are in the zone of the schedule and in UTC. It warns of local times that a clock change skips.',
  options: [new Option('--configuration <file>', 'file with the configuration in its context').default('cdk.json')],
  examples: ['schedules', 'schedules --configuration staging.json'],
  run: async (session, { configuration }) => {
    const { schedules } = await loadConfiguration(configuration);
    // Loaded by this command alone: the calendar and the schemas of the configuration.
    const [{ formatSchedules, upcomingFirings }, { warningsAbout }] = await Promise.all([
      import('../../infra/configuration/schedules/upcoming-firings.ts'),
      import('../../infra/configuration/schedules/schedule-warnings.ts'),
    ]);
    const now = session.terminal.now();
    session.printResult({ schedules: upcomingFirings(schedules, now) }, formatSchedules(schedules, now));
    for (const warning of warningsAbout(schedules, now)) session.note(`Warning: ${warning}`);
    return true;
  },
});
