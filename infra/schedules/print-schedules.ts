import { ConfigurationError, readConfiguration } from '../configuration.ts';
import { formatSchedules } from './format-schedules.ts';

try {
  // The schedules of `cdk.json`, unless another file is named.
  console.log(formatSchedules(readConfiguration(process.argv[2]).schedules, new Date()));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
