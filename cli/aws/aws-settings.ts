/** How AWS clients are made: the rest is found as the AWS SDK finds it (environment, profiles, SSO). */
export type AwsSettings = { readonly profile?: string; readonly region?: string };
