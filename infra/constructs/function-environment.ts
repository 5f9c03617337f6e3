import { environmentNames } from '../../functions/platform/environment.ts';
import type { Configuration } from '../configuration/configuration.ts';

type EnvironmentName = (typeof environmentNames)[keyof typeof environmentNames];

/** What a function reads through `functions/runtime/environment.ts`, deployed or run locally. */
export type FunctionEnvironment = { readonly [Name in EnvironmentName]?: string };

/** For a function that only lists instances. */
export const listingEnvironment = ({ secretPrefix }: Configuration): FunctionEnvironment => ({
  [environmentNames.secretPrefix]: secretPrefix,
});

/** For a function that reads credentials, calls GREEN-API and tells what became of it. */
export const callingEnvironment = (configuration: Configuration, eventBus: string): FunctionEnvironment => ({
  ...listingEnvironment(configuration),
  [environmentNames.allowedApiHosts]: configuration.allowedApiHosts.join(','),
  [environmentNames.credentialTtlMs]: String(configuration.credentialTtlMs),
  [environmentNames.greenApiTimeoutMs]: String(configuration.greenApiTimeoutMs),
  [environmentNames.eventBus]: eventBus,
  [environmentNames.stack]: configuration.stackName,
});

/** For a function that somebody waits for: what it makes ready before its first call. */
export const warmingEnvironment = ({ warmInstances, warmHosts }: Configuration): FunctionEnvironment => ({
  ...(warmInstances.length > 0 && { [environmentNames.warmInstances]: warmInstances.join(',') }),
  ...(warmHosts.length > 0 && { [environmentNames.warmHosts]: warmHosts.join(',') }),
});

const secondsPerDay = 24 * 60 * 60;

/** For a function that starts runs. */
export const startingEnvironment = (
  { stackName, runs }: Configuration,
  runFunction: string,
  runQualifier: string,
): FunctionEnvironment => ({
  [environmentNames.runFunction]: runFunction,
  [environmentNames.runQualifier]: runQualifier,
  [environmentNames.stack]: stackName,
  [environmentNames.maxTargetsCeiling]: String(runs.maxTargetsCeiling),
  [environmentNames.executionTimeoutSeconds]: String(runs.executionTimeoutDays * secondsPerDay),
});
