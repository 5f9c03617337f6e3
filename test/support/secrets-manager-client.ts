import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';

/** The SDK's own client, pointed at the emulator; it tries once by default. */
export const createClient = (endpoint: string, config: SecretsManagerClientConfig = {}) => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, ...config });
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
};
