import type { InstanceId } from '../instances/instance-id.ts';
import type { ListedInstance } from '../instances/tags.ts';
import type { LogoutOutcome } from './outcome.ts';

/** One `getStateInstance` after the logout: what it said, or why it said nothing. */
export type Reading =
  | { readonly at: string; readonly stateInstance: string | null }
  | { readonly at: string; readonly failure: string };

/** The proof of one logout, or of one that did not happen. Times are ISO 8601 instants. */
export type Evidence = {
  readonly idInstance: InstanceId;
  readonly door: 'logout' | 'run';
  /** The gateway's id of the request: it joins this record to the access log. */
  readonly requestId?: string;
  readonly requestedBy: string;
  readonly reason?: string;
  readonly requestedAt: string;
  /** When a reading said `notAuthorized` (in a run: the second in a row); missing: it is not proved that the session ended. */
  readonly confirmedAt?: string;
  /** From the cause (the event's own time, the scheduled time, the instant a run was put off to, else `requestedAt`) to `confirmedAt`. */
  readonly timeToLogoutMs?: number;
  /** How many `logout` requests were sent. */
  readonly attempts: number;
  readonly readings: readonly Reading[];
  readonly outcome: LogoutOutcome;
  /** Only of a run that was to clear the outgoing queue, and came to it. */
  readonly queue?: { readonly cleared: boolean; readonly reason?: string };
  /** Only of a run: which one, what started it, and the tags it saw before it acted. */
  readonly run?: {
    readonly id: string;
    readonly source: 'api' | 'schedule' | 'offboarding';
    /** The event's own or the scheduled time. */
    readonly occurredAt?: string;
    readonly tags?: Omit<ListedInstance, 'idInstance'>;
  };
};

/** Writes one record for good, and tells whoever listens. Called once per logout, after the fact; never rejects. */
export type RecordEvidence = (evidence: Evidence) => Promise<void>;
