import { types } from 'node:util';

export type SecretsManagerFailure =
  | { readonly kind: 'not-found' }
  /** Secrets Manager will say the same next time. */
  | { readonly kind: 'unreadable'; readonly problem: string }
  /** Secrets Manager may answer later. */
  | { readonly kind: 'unavailable'; readonly reason: string };

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
const lastingProblems: Readonly<Record<string, string>> = {
  DecryptionFailure: 'it cannot be decrypted: is its KMS key enabled, and may it be used here?',
  InvalidRequestException: 'it is marked for deletion: restore it, or remove its instance from the list',
  InvalidParameterException: 'Secrets Manager does not accept its name',
  UnrecognizedClientException: 'AWS does not know the credentials of this service',
  InvalidSignatureException: 'AWS refuses the signature of this service: are its credentials and clock right?',
};

/** The name of what was thrown, or its code, e.g. `ECONNREFUSED`; not its message, which may quote what was sent. */
export const errorNameOf = (error: unknown): string => {
  if (!types.isNativeError(error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};

/** @param rights what to allow when access was denied */
export const secretsManagerFailure = (error: unknown, rights: string): SecretsManagerFailure => {
  const name = errorNameOf(error);
  if (name === 'ResourceNotFoundException') return { kind: 'not-found' };
  if (name === 'AccessDeniedException') return { kind: 'unreadable', problem: `access denied: allow ${rights}` };
  const problem = lastingProblems[name];
  return problem === undefined
    ? { kind: 'unavailable', reason: `Secrets Manager: ${name}` }
    : { kind: 'unreadable', problem };
};
