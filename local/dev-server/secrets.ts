import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startEmulators } from './emulators.ts';
import type { CallFunction } from './functions.ts';
import { CannotStart, type Options } from './options.ts';

/** Returns the variables that Lambda sets from a role: here from what the AWS SDK finds (profile, SSO, environment). */
type ReadAwsVariables = () => Promise<Readonly<Record<string, string>>>;

/** The SDK keeps credentials until shortly before they expire, so reading them often costs nothing. */
const createReadAwsVariables = (): ReadAwsVariables => {
  const { config } = new SecretsManagerClient({});
  return async () => {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await config.credentials();
    return {
      AWS_REGION: await config.region(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
      ...(expiration && { AWS_CREDENTIAL_EXPIRATION: expiration.toISOString() }),
    };
  };
};

/** Names what the SDK does not find. */
const refuse = (error: unknown): never => {
  const { name, message } = error instanceof Error ? error : { name: 'unknown error', message: '' };
  const missing = /region/i.test(message)
    ? 'an AWS region: set AWS_REGION'
    : 'AWS credentials: set AWS_PROFILE, or log in with the AWS CLI';
  throw new CannotStart(`the AWS SDK finds no ${missing} (${name})`);
};

/** Where the secrets are, and so which GREEN-API is called. */
type Secrets = {
  /** What makes the functions, and the AWS SDK in them, find the secrets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Puts renewed credentials into the environment. */
  readonly refresh: () => Promise<void>;
  /** The emulator of GREEN-API; missing: the real one is called. */
  readonly greenApiUrl?: string;
  /** What makes the AWS CLI call the emulators; missing: the secrets are real. */
  readonly awsVariables?: Readonly<Record<string, string>>;
};

/**
 * @param call calls the rotation function
 * @param stack gets what is started
 * @throws {@link CannotStart}
 */
export const findSecrets = async (
  options: Options,
  call: CallFunction,
  stack: AsyncDisposableStack,
): Promise<Secrets> => {
  if (options.secrets === 'emulator')
    return { ...(await startEmulators(options, call, stack)), refresh: async () => {} };
  const readAwsVariables = createReadAwsVariables();
  const refresh = async () => void Object.assign(process.env, await readAwsVariables());
  return { variables: await readAwsVariables().catch(refuse), refresh };
};
