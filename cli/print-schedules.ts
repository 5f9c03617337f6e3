import { parseArgs } from 'node:util';
import { readConfiguration } from '../infra/configuration/configuration.ts';
import { formatSchedules } from '../infra/configuration/schedules/format-schedules.ts';

/** `npm run schedules [-- --configuration FILE]` */
try {
  const { values } = parseArgs({ options: { configuration: { type: 'string' } } });
  console.log(formatSchedules(readConfiguration(values.configuration).schedules, new Date()));
} catch (error) {
  console.error(error instanceof Error ? error.message : 'unknown error');
  process.exitCode = 1;
}
