import { type FailureDuration, failures } from '../green-api/vocabulary.ts';

/** What GREEN-API reported during a logout. A field is missing if GREEN-API did not report it. */
export type Reported = { readonly isLogout?: boolean; readonly stateInstance?: string | null };

const { 'not-authorized': _, ...failuresAtGreenApi } = failures;

/** Why a logout failed, and how long that lasts. */
export const failureKinds = {
  /** GREEN-API accepted the logout, or called the instance not authorized, but no reading reported `notAuthorized` in time. */
  unconfirmed: 'passing',
  /** GREEN-API answered `isLogout: false`. A run tries once more. */
  refused: 'passing',
  ...failuresAtGreenApi,
  'unknown-instance': 'lasting',
  'credential-unreadable': 'lasting',
} as const satisfies Record<string, FailureDuration>;

export type FailureKind = keyof typeof failureKinds;

/** Whether the same logout may succeed when it is tried again later. */
export const mayPass = (kind: FailureKind): boolean => failureKinds[kind] !== 'lasting';

/** The result of one logout. Only a reading of `notAuthorized` confirms it. `detail` explains a failure to people and holds no secret. */
export type LogoutOutcome = Reported &
  (
    | { readonly kind: 'logged-out'; readonly confirmed: boolean }
    | { readonly kind: 'already-logged-out'; readonly confirmed: true }
    | { readonly kind: FailureKind; readonly confirmed: false; readonly detail: string }
  );

export type OutcomeKind = LogoutOutcome['kind'];

export const isFailure = (outcome: LogoutOutcome): outcome is LogoutOutcome & { readonly kind: FailureKind } =>
  outcome.kind !== 'logged-out' && outcome.kind !== 'already-logged-out';
