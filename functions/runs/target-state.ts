import type { InstanceId } from '../green-api/instance-id.ts';
import { type FailureDuration, patienceMs, type StateClass, stateClassOf } from '../green-api/vocabulary.ts';
import type { ListedInstance } from '../instances/directory.ts';
import type { TokenRotation } from '../instances/token-rotation/attempt.ts';
import { outInARow, readingsNeeded } from '../logout/confirmation.ts';
import type { Reading, TokenRecord } from '../logout/evidence.ts';
import { type FailureKind, failureKinds } from '../logout/outcome.ts';
import { defined } from '../platform/defined.ts';
import { type Outcome, pendingOutcome } from './outcome.ts';

/**
 * What a run keeps of an instance from one round to the next. A checkpoint of at most 256 KB holds 200 of them, so
 * nothing in it grows, and nothing in it is a secret.
 */
export type RetryState = {
  /** The kind of the outcome if the run ends now. */
  readonly pendingFailure: FailureKind;
  readonly acceptedLogouts: number;
  /** When GREEN-API first accepted a logout, or the first reading of `notAuthorized`. */
  readonly acceptedAt?: string;
  readonly isLogout?: true;
  /** A logout was accepted, or got no answer and may have been carried out. */
  readonly mayHaveActed: boolean;
  readonly refusals: number;
  /** When a failure was first met that is final after a time. ISO 8601. */
  readonly toleratedSince?: string;
  /** GREEN-API answered a call of the newest round with 429. */
  readonly wasRateLimited?: boolean;
  /** The instance was protected, or its tag changed, after its first logout: it must not be logged out again. */
  readonly leaveAlone?: true;
  /** The logout is confirmed with this outcome, and the token has not been rotated yet: the instance stays pending until it is. */
  readonly confirmedAs?: 'logged-out' | 'already-logged-out';
  /** The run has logged it out before, and its second look found it linked. */
  readonly linkedAgain?: true;
  /** When the token was rotated: the instance stays pending until the old token is tested. ISO 8601. */
  readonly rotatedAt?: string;
  readonly readings: readonly Reading[];
  /** As they were before the newest logout. */
  readonly tags?: Omit<ListedInstance, 'idInstance'>;
  readonly queueProblem?: string;
};

/** The state of one instance in a run: its outcome so far, and what the next round needs. */
export type TargetState = Outcome & { readonly retry: RetryState };

/** Those that confirm, and the one before them. */
const keptReadings = readingsNeeded.run + 1;
/** Longest tag or detail in a checkpoint, in bytes: a tag has up to 256 characters of any script. */
const keptBytes = 240;

/** Cuts a text to the length that a checkpoint may hold. */
export const keptText = (text: string): string =>
  Buffer.byteLength(text) <= keptBytes
    ? text
    : `${Buffer.from(text).subarray(0, keptBytes).toString().replace(/�$/, '')}…`;

export const newTargetState = (idInstance: InstanceId): TargetState => ({
  ...pendingOutcome(idInstance),
  retry: { pendingFailure: 'timed-out', acceptedLogouts: 0, mayHaveActed: false, refusals: 0, readings: [] },
});

export const isPending = ({ kind }: Outcome): boolean => kind === 'pending';

/** The state of the newest reading; `undefined` if there is no reading or it failed. */
export const lastState = ({ retry }: TargetState): string | null | undefined => {
  const last = retry.readings.at(-1);
  return last !== undefined && 'stateInstance' in last ? last.stateInstance : undefined;
};

/** The class of the newest reading; `unknown` if there is no reading or it failed. */
export const lastClass = (target: TargetState): StateClass => stateClassOf(lastState(target) ?? null);

/** Whether the next reading may confirm the logout. */
export const lacksOneReading = (target: TargetState): boolean =>
  isPending(target) && outInARow(target.retry.readings) === readingsNeeded.run - 1;

export const withRetry = (
  target: TargetState,
  retry: Partial<RetryState>,
  outcome: Partial<Outcome> = {},
): TargetState => ({ ...target, ...outcome, retry: { ...target.retry, ...retry } });

export const withReading = (target: TargetState, reading: Reading): TargetState =>
  withRetry(target, { readings: [...target.retry.readings, reading].slice(-keptReadings) });

export const failed = (target: TargetState, kind: FailureKind, detail: string): TargetState => ({
  ...target,
  kind,
  detail: keptText(detail),
});

/** @property duration @default that of its kind */
export type TargetFailure = {
  readonly kind: FailureKind;
  readonly detail: string;
  readonly duration?: FailureDuration;
};

/** What a run keeps of a failure that another attempt may not meet; `undefined`: the failure is final. */
const tolerate = (
  { retry }: TargetState,
  duration: FailureDuration,
  at: string,
): Pick<RetryState, 'toleratedSince'> | undefined => {
  const { toleratedSince = at } = retry;
  const patience = patienceMs[duration];
  if (Date.parse(at) - Date.parse(toleratedSince) >= patience) return undefined;
  return Number.isFinite(patience) ? { toleratedSince } : {};
};

/**
 * Keeps an instance pending after a failure, or ends it if another attempt would fail in the same way.
 *
 * @param at when the failure was met. ISO 8601
 */
export const retryOrFail = (
  target: TargetState,
  { kind, detail, duration = failureKinds[kind] }: TargetFailure,
  at: string,
): TargetState => {
  const tolerated = tolerate(target, duration, at);
  if (tolerated === undefined) return failed(target, kind, detail);
  // After an accepted logout only its confirmation is missing.
  const pendingFailure = target.retry.acceptedLogouts > 0 ? 'unconfirmed' : kind;
  return withRetry(target, { pendingFailure, ...tolerated }, { detail: keptText(detail) });
};

const keptToken = ({ kind, detail, oldTokenStillWorks }: TokenRecord): TokenRecord =>
  defined({ kind, detail: detail && keptText(detail), oldTokenStillWorks });

/** Keeps an instance pending whose token was rotated, until the old token is tested in a round of its own. */
export const awaitingOldToken = (target: TargetState, token: TokenRecord, at: string): TargetState =>
  withRetry(
    target,
    { rotatedAt: at },
    { token: keptToken(token), detail: 'confirmed, and the token is rotated; the old token is tested next' },
  );

/** Ends an instance whose logout is confirmed, with the result of the rotation of its token. */
export const withToken = (target: TargetState, token: TokenRecord): TargetState => {
  const { confirmedAs = 'logged-out', ...retry } = target.retry;
  const { detail: _, ...outcome } = target;
  return { ...outcome, kind: confirmedAs, token: keptToken(token), retry };
};

/** Keeps a confirmed instance pending after a rotation that did not begin, or ends it if the next one would fail in the same way. */
export const retryRotation = (
  target: TargetState,
  { kind, detail, duration = 'passing' }: Extract<TokenRotation, { readonly kind: 'not-rotated' }>,
  at: string,
): TargetState => {
  const tolerated = tolerate(target, duration, at);
  return tolerated === undefined
    ? withToken(target, { kind, detail })
    : withRetry(target, tolerated, { detail: keptText(detail) });
};

/** Ends an instance that is still pending when the run expires. */
export const expired = (target: TargetState): TargetState => {
  const { retry, token, detail = 'the run expired before it came to this instance' } = target;
  if (retry.confirmedAs === undefined) return failed(target, retry.pendingFailure, detail);
  if (token === undefined)
    return withToken(target, { kind: 'not-rotated', detail: 'the run expired before the token was rotated' });
  return withToken(target, { ...token, detail: 'the run expired before the old token was tested' });
};
