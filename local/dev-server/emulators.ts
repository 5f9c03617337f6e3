import { randomBytes } from 'node:crypto';
import { startGreenApi } from '../../emulators/green-api/emulator.ts';
import { type DirectoryUser, startIdentityStore } from '../../emulators/identity-store/emulator.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import type { CallFunction } from './functions.ts';
import { refusePort } from './unusable-port.ts';

/** An instance that is there at the start, so that there is something to log out. */
type DemoInstance = {
  readonly idInstance: string;
  readonly apiTokenInstance: string;
  readonly logoutDelayMs: number;
  readonly tags: Readonly<Record<string, string>>;
};

const demo = (idInstance: string, logoutDelayMs: number, tags: Readonly<Record<string, string>>): DemoInstance => ({
  idInstance,
  apiTokenInstance: randomBytes(25).toString('hex'),
  logoutDelayMs,
  tags,
});

/** A small company: two people in sales, one in support who was offboarded in the sample events, and a break-glass phone. */
const createDemoFleet = (): readonly DemoInstance[] => [
  demo('1101000001', 300, { owner: 'ann@example.com', group: 'sales', name: 'Ann Lee', phone: '771001' }),
  demo('1101000002', 300, { owner: 'ann@example.com', group: 'sales', name: 'Ann Lee', phone: '771002' }),
  demo('1101000003', 2_500, {
    owner: 'john.doe@example.com 00u3m90rxKjGQ0G6L1d6',
    group: 'support',
    name: 'John Doe',
    phone: '234567',
  }),
  demo('1101000004', 300, {
    owner: 'john.doe@example.com 6d321996-eab8-4d2e-9f41-0db53b051a5b',
    group: 'support',
    name: 'John Doe',
    phone: '119944',
  }),
  demo('1101000005', 300, { owner: 'desk@example.com', group: 'support', protected: 'true', name: 'Support desk' }),
];

/** Instances that exist at GREEN-API and are not enrolled: to practise it. The token is that of GREEN-API's own examples. */
const notEnrolled = ['1101000006', '410012345678'].map((idInstance) => ({
  idInstance,
  apiTokenInstance: 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345',
}));

/** The person of the sample event of IAM Identity Center, who was disabled there. */
const demoUser: DirectoryUser = {
  identityStoreId: 'd-93670dc30f',
  userId: '93670dc30f-6d321996-eab8-4d2e-9f41-0db53b051a5b',
  userName: 'john.doe',
  email: 'john.doe@example.com',
  status: 'DISABLED',
};

export type Emulators = AsyncDisposable & {
  readonly greenApiUrl: string;
  /** What makes the functions, and the AWS SDK in them, call the emulators. */
  readonly variables: Readonly<Record<string, string>>;
};

export type EmulatorsOptions = {
  readonly secretPrefix: string;
  readonly greenApiPort: number;
  /** Calls the rotation function. */
  readonly call: CallFunction;
};

/** Starts GREEN-API, Secrets Manager and an identity store on this machine, with the demo fleet. @throws {@link CannotStart} */
export const startEmulators = async (options: EmulatorsOptions): Promise<Emulators> => {
  const { secretPrefix, greenApiPort, call } = options;
  const fleet = createDemoFleet();
  const greenApi = await startGreenApi({ instances: [...fleet, ...notEnrolled], port: greenApiPort }).catch(
    refusePort(greenApiPort, ' with --green-api-port'),
  );
  const secretsManager = await startSecretsManager({
    secrets: fleet.map(({ idInstance, apiTokenInstance, tags }) => ({
      name: `${secretPrefix}${idInstance}`,
      secretString: JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance }),
      tags,
    })),
    // Here there is one rotation function, whatever ARN the request names.
    invokeRotationFunction: (_arn, event) => call('rotate-token', event),
  });
  const identityStore = await startIdentityStore({ users: [demoUser] });
  return {
    greenApiUrl: greenApi.apiUrl,
    variables: {
      ALLOWED_API_HOSTS: greenApi.host,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
      // A user who set it has an emulator of their own.
      AWS_ENDPOINT_URL_IDENTITYSTORE: process.env.AWS_ENDPOINT_URL_IDENTITYSTORE || identityStore.url,
      // The SDK does not send unsigned requests; the emulators accept any signature.
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    [Symbol.asyncDispose]: async () => {
      await greenApi.close();
      await secretsManager.close();
      await identityStore.close();
    },
  };
};
