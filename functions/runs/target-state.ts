import type { ListedInstance } from '../instances/directory.ts';
import type { InstanceId } from '../instances/instance-id.ts';
import type { Reading } from '../logout/evidence.ts';
import { type FailureKind, retryable } from '../logout/outcome.ts';
import { type Outcome, pendingOutcome } from './outcome.ts';

/**
 * What a run remembers of an instance from one round to the next. 200 of them stand in one checkpoint of at most 256 KB,
 * so nothing in it grows, and nothing in it is a secret.
 */
export type RetryState = {
  /** What the outcome is called if the run ends now. */
  readonly pendingFailure: FailureKind;
  /** How often GREEN-API took a logout. */
  readonly acceptedLogouts: number;
  /** When a logout was first taken, or the state first said so. */
  readonly acceptedAt?: string;
  /** GREEN-API said `isLogout: true`. */
  readonly isLogout?: true;
  /** A logout was taken, or got no answer and may have been. */
  readonly mayHaveActed: boolean;
  readonly refusals: number;
  /** It must not be logged out a second time: it was protected, or its tag changed, meanwhile. */
  readonly leaveAlone?: true;
  /** The newest ones. */
  readonly readings: readonly Reading[];
  /** As they were before the newest logout. */
  readonly tags?: Omit<ListedInstance, 'idInstance'>;
  /** Why the outgoing queue was not cleared. */
  readonly queueProblem?: string;
};

/** The way of one instance through a run. */
export type TargetState = Outcome & { readonly retry: RetryState };

const keptReadings = 3;
/** Of a tag, which is up to 256 characters of any script, and of a detail. */
const keptBytes = 240;

/** Cuts a text so that it takes no more room than a checkpoint has for it. */
export const keptText = (text: string): string =>
  Buffer.byteLength(text) <= keptBytes
    ? text
    : `${Buffer.from(text).subarray(0, keptBytes).toString().replace(/�+$/, '')}…`;

export const newTargetState = (idInstance: InstanceId): TargetState => ({
  ...pendingOutcome(idInstance),
  retry: {
    pendingFailure: 'timed-out',
    acceptedLogouts: 0,
    mayHaveActed: false,
    refusals: 0,
    readings: [],
  },
});

export const isPending = ({ kind }: Outcome): boolean => kind === 'pending';

/** The newest reading, if it told a state. */
export const lastState = ({ retry }: TargetState): string | null | undefined => {
  const last = retry.readings.at(-1);
  return last !== undefined && 'stateInstance' in last ? last.stateInstance : undefined;
};

export const withRetry = (
  targetState: TargetState,
  retry: Partial<RetryState>,
  outcome: Partial<Outcome> = {},
): TargetState => ({
  ...targetState,
  ...outcome,
  retry: { ...targetState.retry, ...retry },
});

export const withReading = (targetState: TargetState, reading: Reading): TargetState =>
  withRetry(targetState, { readings: [...targetState.retry.readings, reading].slice(-keptReadings) });

/** Ends a target state without success. */
export const failed = (targetState: TargetState, kind: FailureKind, detail: string): TargetState => ({
  ...targetState,
  kind,
  detail: keptText(detail),
});

/** Goes on with a target state that met `kind`, or ends it if another try would meet the same. */
export const retryOrFail = (targetState: TargetState, kind: FailureKind, detail: string): TargetState => {
  if (retryable[kind] === false) return failed(targetState, kind, detail);
  // Once a logout was taken, all that is missing is its confirmation.
  const pendingFailure = targetState.retry.acceptedLogouts > 0 ? 'unconfirmed' : kind;
  return withRetry(targetState, { pendingFailure }, { detail: keptText(detail) });
};

/** Ends a target state that is still open when the run expires. */
export const expired = (targetState: TargetState): TargetState =>
  failed(
    targetState,
    targetState.retry.pendingFailure,
    targetState.detail ?? 'the run expired before it came to this instance',
  );
