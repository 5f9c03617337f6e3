import { randomBytes } from 'node:crypto';
import { startGreenApi } from '../../emulators/green-api/emulator.ts';
import { type DirectoryUser, startIdentityStore } from '../../emulators/identity-store/emulator.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import type { CallFunction } from './functions.ts';
import { type Options, refusePort } from './options.ts';

/** An instance that is there at the start, so that there is something to log out. */
const demo = (idInstance: string, logoutDelayMs: number, tags: Readonly<Record<string, string>>) => ({
  idInstance,
  apiTokenInstance: randomBytes(25).toString('hex'),
  logoutDelayMs,
  tags,
});

/** A small company: two people in sales, one in support who was offboarded in the sample events, and a break-glass phone. */
const createDemoFleet = () => [
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

/**
 * Starts GREEN-API, Secrets Manager and an identity store on this machine, with the demo fleet.
 *
 * @param call calls the rotation function
 * @param stack gets what is started
 * @returns the address of GREEN-API, and what makes the AWS CLI and the functions call the emulators
 * @throws {@link CannotStart}
 */
export const startEmulators = async (
  { greenApiPort: port }: Pick<Options, 'greenApiPort'>,
  call: CallFunction,
  stack: AsyncDisposableStack,
) => {
  const { SECRET_PREFIX: secretPrefix = '', AWS_ENDPOINT_URL_IDENTITYSTORE } = process.env;
  const fleet = createDemoFleet();
  const starting = startGreenApi({ instances: [...fleet, ...notEnrolled], port });
  const greenApi = stack.use(await starting.catch(refusePort(port, ' with --green-api-port')));
  const secrets = fleet.map(({ idInstance, apiTokenInstance, tags }) => ({
    name: `${secretPrefix}${idInstance}`,
    secretString: JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance }),
    tags,
  }));
  // Here there is one rotation function, whatever ARN the request names.
  const invokeRotationFunction = (_arn: string, event: object) => call('rotate-token', event);
  const secretsManager = stack.use(await startSecretsManager({ secrets, invokeRotationFunction }));
  const identityStore = stack.use(await startIdentityStore({ users: [demoUser] }));
  const awsVariables = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    // A user who set it has an emulator of their own.
    AWS_ENDPOINT_URL_IDENTITYSTORE: AWS_ENDPOINT_URL_IDENTITYSTORE || identityStore.url,
    // The SDK does not send unsigned requests; the emulators accept any signature.
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const { apiUrl: greenApiUrl, host: ALLOWED_API_HOSTS } = greenApi;
  return { greenApiUrl, awsVariables, variables: { ALLOWED_API_HOSTS, ...awsVariables } };
};
