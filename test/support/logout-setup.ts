import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { startGreenApi } from '../../emulators/green-api/emulator.ts';
import type { FaultName } from '../../emulators/green-api/faults.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import type { Waits } from '../../functions/instances/call-with-credential.ts';
import { composeInstances, createInstancesHandler } from '../../functions/instances.ts';
import { composeLogout, createLogoutHandler } from '../../functions/logout.ts';
import { useEmulators } from './aws-environment.ts';
import { contextOf, httpEventOf, parseAnswer } from './http-event.ts';
import { createShortWaits } from './short-waits.ts';
import { watchSends } from './watch-sends.ts';

/** Stands in for every real token, so that a search for it finds every leak. */
export const markerToken = 'f00dfacef00dfacef00dfacef00dfacef00dfacef00dface01';

export const idInstance = '1101000001';

export type SetupOptions = {
  readonly variables?: Readonly<Record<string, string>>;
  readonly greenApi?: Parameters<typeof startGreenApi>[0];
  /** Hosts that `apiUrl` may name, besides the emulator's. */
  readonly extraHosts?: readonly string[];
  /** `{}` for those of a deployment, where a pause is what is tested. @default short ones */
  readonly waits?: Waits;
};

type LogoutOptions = {
  readonly id?: string;
  readonly wait?: number;
  readonly body?: string;
  readonly remainingMs?: number;
};

/** The two functions as they are deployed, with the real SDK, around emulators of their own. Everything they write is kept. */
export const startLogoutSetup = async ({
  variables = {},
  greenApi: options = {},
  extraHosts = [],
  waits = createShortWaits(),
}: SetupOptions = {}) => {
  const greenApi = await startGreenApi({
    instances: [{ idInstance, apiTokenInstance: markerToken, logoutDelayMs: 0 }],
    // It counts requests as they arrive here, and a busy process sees them late.
    enforceLimit: false,
    ...options,
  });
  const secretString = JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance: markerToken });
  const secretsManager = await startSecretsManager({
    secrets: [{ name: `green-api/${idInstance}`, secretString }],
  });
  useEmulators({ secretsManager: secretsManager.url });

  const sends = watchSends();
  const lines: string[] = [];
  const processIo = {
    // Longer than this process may be held up, for the emulator is in it.
    variables: {
      ALLOWED_API_HOSTS: [greenApi.host, ...extraHosts].join(','),
      GREEN_API_TIMEOUT_MS: '6000',
      ...variables,
    },
    write: (line: string) => void lines.push(line),
  };
  const logout = createLogoutHandler(composeLogout(processIo.variables, processIo.write, waits));
  const instances = createInstancesHandler(composeInstances(processIo.variables, processIo.write));
  const records = () => lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

  return {
    greenApi,
    secretsManager,
    lines,
    records,
    /** The times between requests to GREEN-API of one instance and method, in milliseconds. */
    gaps: sends.gaps,
    evidence: () => records().filter(({ message }) => message === 'evidence'),
    logOut: async ({ id = idInstance, wait = 0, body, remainingMs }: LogoutOptions = {}) => {
      const event = httpEventOf({
        pathParameters: { idInstance: id },
        headers: { prefer: `wait=${wait}` },
        ...(body !== undefined && { body }),
      });
      return parseAnswer(await logout(event, contextOf(remainingMs)));
    },
    /** With an event that may be no gateway's. */
    invoke: async (event: object) => parseAnswer(await logout(event as APIGatewayProxyEventV2, contextOf())),
    list: async (query: Record<string, string> = {}) =>
      parseAnswer(await instances(httpEventOf({ queryStringParameters: query }), contextOf())),
    /** One more instance and its secret, so that many can be logged out at once. */
    add: (id: string, instance: Partial<Parameters<typeof greenApi.add>[0]> = {}) => {
      greenApi.add({ idInstance: id, apiTokenInstance: markerToken, logoutDelayMs: 0, ...instance });
      secretsManager.put({ name: `green-api/${id}`, secretString });
    },
    break: (fault: FaultName, how: Parameters<typeof greenApi.setFault>[2] = {}) =>
      greenApi.setFault(idInstance, fault, how),
    [Symbol.asyncDispose]: async () => {
      sends[Symbol.dispose]();
      await greenApi.close();
      await secretsManager.close();
    },
  };
};
