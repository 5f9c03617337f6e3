import { types } from 'node:util';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export type FetchedSecret =
  | { readonly kind: 'secret'; readonly text: string }
  | { readonly kind: 'not-found' }
  /** Secrets Manager will say the same next time. */
  | { readonly kind: 'unreadable'; readonly problem: string }
  /** Secrets Manager may answer later. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Fetches the current text of one secret, past every cache. */
export type FetchSecret = (secretName: string) => Promise<FetchedSecret>;

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
const lastingProblems: Readonly<Record<string, string>> = {
  AccessDeniedException: 'access denied: allow secretsmanager:GetSecretValue on it, and kms:Decrypt on its key',
  DecryptionFailure: 'it cannot be decrypted: is its KMS key enabled, and may it be used here?',
  InvalidRequestException: 'it is marked for deletion: restore it, or remove its instance from the list',
  InvalidParameterException: 'Secrets Manager does not accept its name',
  ExpiredTokenException: 'the AWS credentials of this service have expired',
  UnrecognizedClientException: 'AWS does not know the credentials of this service',
  InvalidSignatureException: 'AWS refuses the signature of this service: are its credentials and clock right?',
};

const failureOf = (error: unknown): FetchedSecret => {
  // Its name, not its message: a message may quote what was sent.
  const name = types.isNativeError(error) ? error.name : 'unknown error';
  if (name === 'ResourceNotFoundException') return { kind: 'not-found' };
  const problem = lastingProblems[name];
  return problem === undefined
    ? { kind: 'unavailable', reason: `Secrets Manager: ${name}` }
    : { kind: 'unreadable', problem };
};

/** @param client its own retries and time limits apply; nothing is retried here */
export const createFetchSecret =
  (client: Pick<SecretsManagerClient, 'send'>): FetchSecret =>
  async (secretName) => {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }));
      return SecretString === undefined
        ? { kind: 'unreadable', problem: 'it is binary: put the JSON into SecretString' }
        : { kind: 'secret', text: SecretString };
    } catch (error) {
      return failureOf(error);
    }
  };
