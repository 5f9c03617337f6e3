import { parseArgs } from 'node:util';
import { readConfiguration } from '../configuration.ts';
import { formatSchedules } from './format-schedules.ts';

/** `npm run schedules [-- --configuration FILE]` */
try {
  const { values } = parseArgs({ options: { configuration: { type: 'string' } } });
  console.log(formatSchedules(readConfiguration(values.configuration).schedules, new Date()));
} catch (error) {
  console.error(error instanceof Error ? error.message : 'unknown error');
  process.exitCode = 1;
}
