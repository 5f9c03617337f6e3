/** A region, and credentials that no emulator checks. */
export const testAccount = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

const endpointNames = {
  secretsManager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  lambda: 'AWS_ENDPOINT_URL_LAMBDA',
  eventBridge: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
  identityStore: 'AWS_ENDPOINT_URL_IDENTITYSTORE',
} as const;

/** The address of each emulator. */
export type Endpoints = { readonly [Service in keyof typeof endpointNames]?: string };

/** The variables by which the AWS SDK finds emulators. */
export const awsVariables = (endpoints: Endpoints): Readonly<Record<string, string>> => ({
  ...testAccount,
  ...Object.fromEntries(
    Object.entries(endpointNames).flatMap(([service, name]) => {
      const url = endpoints[service as keyof Endpoints];
      return url === undefined ? [] : [[name, url]];
    }),
  ),
});

/** Makes the AWS SDK in this process use emulators. Each test file has a process environment of its own. */
export const useEmulators = (endpoints: Endpoints): void => {
  Object.assign(process.env, awsVariables(endpoints));
};
