/** What GREEN-API reported during a logout. A field is missing if GREEN-API did not report it. */
export type Reported = {
  readonly isLogout?: boolean;
  /** The last reading of `getStateInstance`. */
  readonly stateInstance?: string | null;
};

/** Why a logout failed. */
export type FailureKind =
  /** GREEN-API accepted the logout, or called the instance not authorized, but no reading reported `notAuthorized` in time. */
  | 'unconfirmed'
  /** GREEN-API answered `isLogout: false`. */
  | 'refused'
  /** GREEN-API rejected the token, also after the secret was read again. */
  | 'credential-rejected'
  | 'wrong-instance-or-host'
  | 'request-refused'
  | 'instance-expired'
  | 'instance-deleted'
  | 'instance-starting'
  | 'rate-limited'
  | 'quota-exceeded'
  | 'unavailable'
  | 'timed-out'
  /** There is no secret for the instance. */
  | 'unknown-instance'
  | 'credential-unreadable';

/**
 * The result of one logout. Only a reading of `notAuthorized` confirms it. `detail` explains a failure to people and holds no
 * secret.
 */
export type LogoutOutcome = Reported &
  (
    | { readonly kind: 'logged-out'; readonly confirmed: boolean }
    | { readonly kind: 'already-logged-out'; readonly confirmed: true }
    | { readonly kind: FailureKind; readonly confirmed: false; readonly detail: string }
  );

export type OutcomeKind = LogoutOutcome['kind'];

export const isFailure = (outcome: LogoutOutcome): outcome is LogoutOutcome & { readonly kind: FailureKind } =>
  outcome.kind !== 'logged-out' && outcome.kind !== 'already-logged-out';

/** Whether the same logout may succeed when it is tried again later. */
export const retryable = {
  unconfirmed: true,
  refused: 'once',
  'credential-rejected': false,
  'wrong-instance-or-host': false,
  'request-refused': false,
  'instance-expired': false,
  'instance-deleted': false,
  'instance-starting': true,
  'rate-limited': true,
  'quota-exceeded': false,
  unavailable: true,
  'timed-out': true,
  'unknown-instance': false,
  'credential-unreadable': false,
} as const satisfies Record<FailureKind, boolean | 'once'>;
