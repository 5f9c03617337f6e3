import { startGreenApi } from '../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../emulators/secrets-manager/emulator.ts';
import { createDemoFleet } from './demo-fleet.ts';

export type Emulators = AsyncDisposable & {
  readonly greenApiUrl: string;
  /** What makes the functions, and the AWS SDK in them, speak to the emulators. */
  readonly variables: Readonly<Record<string, string>>;
};

/** Starts GREEN-API and Secrets Manager on this machine, with the demo fleet in both. */
export const startEmulators = async (secretPrefix: string): Promise<Emulators> => {
  const fleet = createDemoFleet();
  const greenApi = await startGreenApi({ instances: fleet });
  const secretsManager = await startSecretsManager({
    secrets: fleet.map(({ idInstance, apiTokenInstance, tags }) => ({
      name: `${secretPrefix}${idInstance}`,
      secretString: JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance }),
      tags,
    })),
  });
  return {
    greenApiUrl: greenApi.apiUrl,
    variables: {
      ALLOWED_API_HOSTS: greenApi.host,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
      // The SDK signs before it asks; the emulator takes any signature.
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    [Symbol.asyncDispose]: async () => {
      await greenApi.close();
      await secretsManager.close();
    },
  };
};
