import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CannotStart } from './options.ts';

/** Gives the variables that Lambda sets from a role: here from whatever the AWS SDK finds (profile, SSO, environment). */
export type ReadAwsVariables = () => Promise<Readonly<Record<string, string>>>;

/** The SDK keeps credentials until shortly before they expire, so asking often costs nothing. */
export const createReadAwsVariables = (): ReadAwsVariables => {
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

/** @throws {@link CannotStart} saying what the SDK is missing */
export const checkAwsVariables = async (
  readAwsVariables: ReadAwsVariables,
): Promise<Readonly<Record<string, string>>> => {
  try {
    return await readAwsVariables();
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    const message = error instanceof Error ? error.message : '';
    const missing = /region/i.test(message)
      ? 'an AWS region: set AWS_REGION'
      : 'AWS credentials: set AWS_PROFILE, or log in with the AWS CLI';
    throw new CannotStart(`the AWS SDK finds no ${missing} (${name})`);
  }
};
