import type { InstanceId } from '../instances/instance-id.ts';
import type { LogoutOutcome } from './outcome.ts';

/** One `getStateInstance` after the logout: what it said, or why it said nothing. */
export type Reading =
  | { readonly at: string; readonly stateInstance: string | null }
  | { readonly at: string; readonly failure: string };

/** The proof of one logout, or of one that did not happen. Times are ISO 8601 instants. */
export type Evidence = {
  readonly idInstance: InstanceId;
  readonly door: 'logout' | 'run';
  readonly requestedBy: string;
  readonly reason?: string;
  readonly requestedAt: string;
  /** When a reading said `notAuthorized`; missing: it is not proved that the session ended. */
  readonly confirmedAt?: string;
  /** How many `logout` requests were sent. */
  readonly attempts: number;
  readonly readings: readonly Reading[];
  readonly outcome: LogoutOutcome;
};

/** Writes one record for good. Called once per logout, after the fact. */
export type RecordEvidence = (evidence: Evidence) => void;
