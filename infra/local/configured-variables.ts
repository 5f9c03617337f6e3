import { environmentNames } from '../../functions/runtime/environment.ts';
import type { Configuration } from '../configuration.ts';

const secondsPerDay = 24 * 60 * 60;

/** What the deployed functions find in their environment, for the same configuration. */
export const configuredVariables = (configuration: Configuration): Readonly<Record<string, string>> => ({
  [environmentNames.secretPrefix]: configuration.secretPrefix,
  [environmentNames.allowedApiHosts]: configuration.allowedApiHosts.join(','),
  [environmentNames.credentialTtlMs]: String(configuration.credentialTtlMs),
  [environmentNames.greenApiTimeoutMs]: String(configuration.greenApiTimeoutMs),
  [environmentNames.stack]: configuration.stackName,
  [environmentNames.maxTargetsCeiling]: String(configuration.runs.maxTargetsCeiling),
  [environmentNames.executionTimeoutSeconds]: String(configuration.runs.executionTimeoutDays * secondsPerDay),
  [environmentNames.eventBus]: 'local',
});
