import { type GreenApiOptions, startGreenApi } from '../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';

/** `count` consecutive ids. */
export const idsFrom = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(first + index));

/** Each instance has its own token. The token of another instance is rejected. */
const tokenOf = (idInstance: string): string => idInstance.padStart(50, '0');

export type FleetOptions = {
  readonly ids: readonly string[];
  readonly greenApi?: Omit<GreenApiOptions, 'instances'>;
  /** Milliseconds from a logout to `notAuthorized`. @default 0 */
  readonly logoutDelayMs?: number;
  /** The answer to a logout of an instance that is logged out already. @default 'is-logout' */
  readonly repeatedLogout?: 'is-logout' | 'starting-or-not-authorized';
};

export const startFleetGreenApi = ({
  ids,
  greenApi = {},
  logoutDelayMs = 0,
  repeatedLogout = 'is-logout',
}: FleetOptions) =>
  startGreenApi({
    ...greenApi,
    instances: ids.map((idInstance) => ({
      idInstance,
      apiTokenInstance: tokenOf(idInstance),
      logoutDelayMs,
      repeatedLogout,
    })),
  });

/** The person who owns an instance. */
export const ownerOf = (idInstance: string): string => `person-${idInstance}@example.com`;

/** Secrets Manager with the credentials of these instances for this GREEN-API, in so many groups of the same size. */
export const startFleetSecrets = async (ids: readonly string[], apiUrl: string, groups = 1) => {
  const secretsManager = await startSecretsManager({
    secrets: ids.map((id, index) => ({
      name: `green-api/${id}`,
      secretString: JSON.stringify({ apiUrl, apiTokenInstance: tokenOf(id) }),
      tags: { group: `load-${index % groups}`, owner: ownerOf(id) },
    })),
  });
  return {
    secretsManager,
    /** The environment variables with which the functions call both emulators. */
    variables: {
      ALLOWED_API_HOSTS: new URL(apiUrl).host,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    [Symbol.asyncDispose]: secretsManager.close,
  };
};

/** GREEN-API and Secrets Manager in this process, with these instances in both. */
export const startFleet = async (options: FleetOptions) => {
  const greenApi = await startFleetGreenApi(options);
  const secrets = await startFleetSecrets(options.ids, greenApi.apiUrl);
  const dispose = async () => {
    await greenApi.close();
    await secrets.secretsManager.close();
  };
  return { greenApi, ...secrets, [Symbol.asyncDispose]: dispose };
};
