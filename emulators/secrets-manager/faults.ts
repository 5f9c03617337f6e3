import { AwsError } from '../aws-json.ts';
import { markedForDeletion } from './protocol.ts';

/** What happens to a request instead of its answer. */
type Fault = {
  readonly kind: 'error' | 'hang' | 'reset' | 'slow';
  readonly error?: AwsError;
  /** The operation takes effect before it. */
  readonly isCarriedOut?: true;
};

const fails = (type: string, message: string, status?: number): Fault => ({
  kind: 'error',
  error: new AwsError(type, message, status),
});

const internalError = fails('InternalServiceError', 'An error occurred on the server side.', 500);

/** Every way in which Secrets Manager, or the network on the way to it, can fail on demand. */
const table = {
  'access-denied': fails(
    'AccessDeniedException',
    'User: arn:aws:sts::000000000000:assumed-role/local/local is not authorized to perform this action because no identity-based policy allows it',
  ),
  throttled: fails('ThrottlingException', 'Rate exceeded'),
  'decryption-failure': fails(
    'DecryptionFailure',
    "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
  ),
  'internal-error': internalError,
  'marked-for-deletion': { kind: 'error', error: markedForDeletion() },
  hang: { kind: 'hang' },
  reset: { kind: 'reset' },
  slow: { kind: 'slow' },
  'carried-out-but-internal-error': { ...internalError, isCarriedOut: true },
  'carried-out-but-hang': { kind: 'hang', isCarriedOut: true },
  'carried-out-but-reset': { kind: 'reset', isCarriedOut: true },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof table;

export const faults: Readonly<Record<FaultName, Fault>> = table;

export type FaultOptions = {
  /** The name or ARN it is limited to; for a list, the prefix of names that is filtered by. @default every secret, and operations that name none */
  readonly secretId?: string;
  /** How many requests it meets before it is over. @default until it is cleared */
  readonly times?: number;
  /** How long `slow` takes, in milliseconds. @default 2000 */
  readonly delayMs?: number;
};
