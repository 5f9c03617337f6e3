import { environmentNames } from '../../functions/runtime/environment.ts';
import type { Configuration } from '../configuration.ts';

type EnvironmentName = (typeof environmentNames)[keyof typeof environmentNames];

/** What a door reads through `functions/runtime/environment.ts`. */
export type DoorEnvironment = { readonly [Name in EnvironmentName]?: string };

/** For a door that only lists instances. */
export const listingEnvironment = ({ secretPrefix }: Configuration): DoorEnvironment => ({
  [environmentNames.secretPrefix]: secretPrefix,
});

/** For a door that reads credentials and calls GREEN-API. */
export const callingEnvironment = (configuration: Configuration): DoorEnvironment => ({
  ...listingEnvironment(configuration),
  [environmentNames.allowedApiHosts]: configuration.allowedApiHosts.join(','),
  [environmentNames.credentialTtlMs]: String(configuration.credentialTtlMs),
  [environmentNames.greenApiTimeoutMs]: String(configuration.greenApiTimeoutMs),
});
