import { environmentNames } from '../../functions/platform/environment.ts';
import type { Settings } from '../configuration/configuration.ts';

type EnvironmentName = (typeof environmentNames)[keyof typeof environmentNames];

/** The variables that a function reads through `functions/platform/environment.ts`. */
export type FunctionEnvironment = { readonly [Name in EnvironmentName]?: string };

/** For a function that only lists instances. */
export const listingEnvironment = ({ secretPrefix }: Settings): FunctionEnvironment => ({
  [environmentNames.secretPrefix]: secretPrefix,
});

/** For a function that reads credentials and calls GREEN-API. */
export const readingEnvironment = (settings: Settings): FunctionEnvironment => ({
  ...listingEnvironment(settings),
  [environmentNames.allowedApiHosts]: settings.allowedApiHosts.join(','),
  [environmentNames.credentialTtlMs]: String(settings.credentialTtlMs),
  [environmentNames.greenApiTimeoutMs]: String(settings.greenApiTimeoutMs),
});

/** For a function that may rotate tokens. */
const rotatingEnvironment = ({ tokenRotation }: Settings): FunctionEnvironment =>
  tokenRotation.enabled ? { [environmentNames.tokenRotation]: 'enabled' } : {};

/** For a function that starts or follows watches. */
export const watchEnvironment = (watchFunction: string, watchQualifier: string): FunctionEnvironment => ({
  [environmentNames.watchFunction]: watchFunction,
  [environmentNames.watchQualifier]: watchQualifier,
});

/** For a function that logs out, may rotate the token, and reports the outcome. */
export const callingEnvironment = (settings: Settings, eventBus: string): FunctionEnvironment => ({
  ...readingEnvironment(settings),
  ...rotatingEnvironment(settings),
  [environmentNames.eventBus]: eventBus,
  [environmentNames.stack]: settings.name,
});

/** For a function whose caller waits: what it prepares before its first call. */
export const warmingEnvironment = ({ warmInstances, warmHosts }: Settings): FunctionEnvironment => ({
  ...(warmInstances.length > 0 && { [environmentNames.warmInstances]: warmInstances.join(',') }),
  ...(warmHosts.length > 0 && { [environmentNames.warmHosts]: warmHosts.join(',') }),
});

const secondsPerDay = 24 * 60 * 60;

/** For a function that starts runs: it refuses a rotation of tokens where that is not enabled. */
export const startingEnvironment = (
  settings: Settings,
  runFunction: string,
  runQualifier: string,
): FunctionEnvironment => ({
  [environmentNames.runFunction]: runFunction,
  [environmentNames.runQualifier]: runQualifier,
  ...rotatingEnvironment(settings),
  [environmentNames.stack]: settings.name,
  [environmentNames.maxTargetsCeiling]: String(settings.runs.maxTargetsCeiling),
  [environmentNames.executionTimeoutSeconds]: String(settings.runs.executionTimeoutDays * secondsPerDay),
});

/** For the function that starts a run for each person who left. */
export const offboardingEnvironment = ({ offboarding: { identityCenter } }: Settings): FunctionEnvironment =>
  identityCenter.identityStoreId === undefined
    ? {}
    : { [environmentNames.identityStoreId]: identityCenter.identityStoreId };

type Providers = Settings['identityProviders'];

/** For a function of identity providers. The digests of their tokens are no secrets. */
export const providersEnvironment = (providers: Providers): FunctionEnvironment => ({
  [environmentNames.identityProviders]: JSON.stringify(
    Object.fromEntries(
      Object.entries(providers).map(([name, { quietAfterHours: _, ...provider }]) => [name, provider]),
    ),
  ),
});
