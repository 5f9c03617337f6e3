import { AwsError, markedForDeletion } from './aws-error.ts';

/** What stands between a request and its answer. */
export type Fault =
  | { readonly kind: 'error'; readonly error: AwsError }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'slow' };

const failing = (error: AwsError): Fault => ({ kind: 'error', error });

/** Every way in which Secrets Manager, or the network on the way to it, can fail on demand. */
export const faults = {
  'access-denied': failing(
    new AwsError(
      'AccessDeniedException',
      'User: arn:aws:sts::000000000000:assumed-role/local/local is not authorized to perform this action because no identity-based policy allows it',
    ),
  ),
  throttled: failing(new AwsError('ThrottlingException', 'Rate exceeded')),
  'decryption-failure': failing(
    new AwsError(
      'DecryptionFailure',
      "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
    ),
  ),
  'internal-error': failing(new AwsError('InternalServiceError', 'An error occurred on the server side.', 500)),
  'marked-for-deletion': failing(markedForDeletion()),
  hang: { kind: 'hang' },
  reset: { kind: 'reset' },
  slow: { kind: 'slow' },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNamed = (name: FaultName): Fault => faults[name];
