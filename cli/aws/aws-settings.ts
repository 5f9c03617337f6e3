import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { findSettings, Profile } from './find-settings.ts';

/** How AWS clients are made: the rest is found as the AWS SDK finds it (environment, profiles, SSO). */
export type AwsSettings = Pick<STSClientConfig, 'profile' | 'region' | 'credentials' | 'endpoint'>;

/** Region and credentials are found at their first use. A failure says why, as a `CommandFailed`. */
export const createAwsSettings = (profile: Profile): AwsSettings => {
  let found: Promise<ReturnType<typeof findSettings>> | undefined;
  const settings = () => (found ??= import('./find-settings.ts').then((module) => module.findSettings(profile)));
  return {
    ...(profile.named !== undefined && { profile: profile.named }),
    region: async () => (await settings()).region(),
    credentials: async () => (await settings()).credentials(),
  };
};
