import type { ListedInstance } from '../instances/directory.ts';
import type { InstanceId } from '../instances/instance-id.ts';
import { isFailure, type LogoutOutcome } from './outcome.ts';

/** One `getStateInstance` after the logout: what it said, or why it said nothing. */
export type Reading =
  | { readonly at: string; readonly stateInstance: string | null }
  | { readonly at: string; readonly failure: string };

/** The proof of one logout, or of one that did not happen. Times are ISO 8601 instants. */
export type Evidence = {
  /** Of this record's shape: a change that a reader must know of raises it. */
  readonly version: 1;
  readonly idInstance: InstanceId;
  readonly function: 'logout' | 'run';
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
  readonly queue?: { readonly cleared: boolean; readonly detail?: string };
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

/** Nobody but the functions that log out may put events of this source on the stack's bus. */
export const outcomeSource = 'green-api-logout';
const outcomeDetailTypes = { loggedOut: 'Instance Logged Out', failed: 'Instance Logout Failed' } as const;

export type OutcomeEvent = {
  readonly detailType: (typeof outcomeDetailTypes)[keyof typeof outcomeDetailTypes];
  readonly detail: Evidence;
};

/** What the world is told of a logout; nothing yet (`undefined`) of one that nobody waited for. */
export const outcomeEventOf = (evidence: Evidence): OutcomeEvent | undefined => {
  if (isFailure(evidence.outcome)) return { detailType: outcomeDetailTypes.failed, detail: evidence };
  return evidence.outcome.confirmed ? { detailType: outcomeDetailTypes.loggedOut, detail: evidence } : undefined;
};

/** Where the metrics stand in CloudWatch; the dashboard and the alarms read the same names. */
export const metricNamespace = 'green-api-logout';
export const metricNames = { confirmed: 'confirmed', failed: 'failed', timeToLogout: 'timeToLogoutMs' } as const;
export const metricDimensions = { stack: 'stack', function: 'function' } as const;

/**
 * The members that make CloudWatch read an evidence record as metrics too (embedded metric format), so that a figure and the
 * record behind it are one line and cannot disagree.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const metricsOf = ({ outcome, timeToLogoutMs }: Evidence, stack: string, at: Date): object => ({
  [metricDimensions.stack]: stack,
  [metricNames.confirmed]: Number(outcome.confirmed),
  [metricNames.failed]: Number(isFailure(outcome)),
  _aws: {
    Timestamp: at.getTime(),
    CloudWatchMetrics: [
      {
        Namespace: metricNamespace,
        Dimensions: [[metricDimensions.stack, metricDimensions.function]],
        Metrics: [
          { Name: metricNames.confirmed, Unit: 'Count' },
          { Name: metricNames.failed, Unit: 'Count' },
          ...(timeToLogoutMs === undefined ? [] : [{ Name: metricNames.timeToLogout, Unit: 'Milliseconds' }]),
        ],
      },
    ],
  },
});
