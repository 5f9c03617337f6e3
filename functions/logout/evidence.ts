import type { InstanceId } from '../green-api/instance-id.ts';
import type { ListedInstance } from '../instances/directory.ts';
import type { TokenRotation } from '../instances/token-rotation/attempt.ts';
import { functionMetrics } from '../platform/metrics.ts';
import { isFailure, type LogoutOutcome } from './outcome.ts';
import { logoutText } from './sentence.ts';

/** One `getStateInstance` after the logout: the state it reported, or why there was none. */
export type Reading =
  | { readonly at: string; readonly stateInstance: string | null }
  | { readonly at: string; readonly failure: string };

/** The result of rotating a token. `token-lost`: the new token exists only in the GREEN-API console. */
export type TokenRecord = Pick<TokenRotation, 'kind' | 'detail'> & {
  /** Of a token that was rotated: a reading with the old one succeeded. Missing: it failed, or `detail` says why there was none. */
  readonly oldTokenStillWorks?: true;
};

/** The record of one logout, confirmed or not. Times are ISO 8601 instants. */
export type Evidence = {
  /** Version of this record's shape. It rises with every change that a reader must know of. */
  readonly version: 1;
  readonly idInstance: InstanceId;
  readonly function: 'logout' | 'run';
  /** The gateway's id of the request: of a single logout, or of an identity provider's report. The access log has the same id. */
  readonly requestId?: string;
  /** ARN and unique id of a role or user, or the `sub` or `client_id` of a token; in a run also a schedule's name, or an event's source and id. */
  readonly requestedBy: string;
  /**
   * Session name of the caller's role. IAM Identity Center sets it to the person's user name. For every other role the caller
   * chooses it freely, so it identifies nobody. `desk`: a person signed in at the desk of this deployment.
   */
  readonly session?: { readonly name: string; readonly setBy: 'identity-center' | 'caller' | 'desk' };
  /** The `email` claim of the caller's token. */
  readonly email?: string;
  /** Only from the desk: the issuer that `requestedBy` is a subject of, and the person's name as its token claims. */
  readonly person?: { readonly issuer: string; readonly name?: string };
  /** Only in a run that an event started: the AWS account that put the event on its bus. EventBridge sets it. */
  readonly account?: string;
  readonly reason?: string;
  readonly requestedAt: string;
  /** When the logout was confirmed by a reading of `notAuthorized`. Missing: nothing proves that the session ended. */
  readonly confirmedAt?: string;
  /** From the cause (the event's own time, the scheduled time, the instant a run was put off to, else `requestedAt`) to `confirmedAt`. */
  readonly timeToLogoutMs?: number;
  readonly attempts: number;
  readonly readings: readonly Reading[];
  readonly outcome: LogoutOutcome;
  /** Only if clearing the outgoing queue was requested and tried. */
  readonly queue?: { readonly cleared: boolean; readonly detail?: string };
  /** Only if rotating the token was requested. */
  readonly token?: TokenRecord;
  /** Only in a run: which run, what started it, and the tags of the instance right before the logout. */
  readonly run?: {
    readonly id: string;
    readonly source: 'api' | 'schedule' | 'offboarding';
    /** Who made the change that was reported: nothing but the claim of the source. */
    readonly actor?: { readonly id?: string; readonly name?: string; readonly claimedBy: string };
    readonly occurredAt?: string;
    /** Whether `occurredAt` is the event's own or the scheduled time, or that at which the request or report arrived. */
    readonly occurredAtIs?: 'event' | 'arrival';
    /** The earlier run that this one is a retry of. */
    readonly retryOf?: string;
    /** In records of version 0.2: AWS identity that started the run again from the dead-letter queue. */
    readonly redrivenBy?: string;
    /** It is a second logout by the same run, because the instance was linked again after the first. Each of the two records counts. */
    readonly linkedAgain?: true;
    readonly tags?: Omit<ListedInstance, 'idInstance'>;
    /** The caller who stopped the run. Of the records of a run and instance, one that is confirmed counts, otherwise the newest. */
    readonly stoppedBy?: string;
  };
};

/** Writes one record and publishes the outcome event. Called once per logout, after the fact. Never rejects. */
export type RecordEvidence = (evidence: Evidence) => Promise<void>;

/** Source of the outcome events. The bus policy denies it to all but the functions that log out. */
export const outcomeSource = 'green-api-logout';
export const outcomeDetailTypes = { loggedOut: 'Instance Logged Out', failed: 'Instance Logout Failed' } as const;
export const runEndedDetailType = 'Logout Run Ended';

/** The `message` of a line about one logout, and of one about the end of a run. Both kinds are evidence. */
export const evidenceMessage = 'evidence';
export const runMessage = 'run';
export const keptMessages: readonly string[] = [evidenceMessage, runMessage];

/** The outcome event of a logout; `undefined` if its result is not known yet (`wait=0`). Its `text` is for a mail or a chat. */
export const outcomeEventOf = (evidence: Evidence) => {
  const { idInstance, outcome, reason, run } = evidence;
  const hasFailed = isFailure(outcome);
  if (!hasFailed && !outcome.confirmed) return undefined;
  const text = logoutText({ idInstance, owner: run?.tags?.owner }, outcome, reason);
  const detailType = outcomeDetailTypes[hasFailed ? 'failed' : 'loggedOut'];
  return { source: outcomeSource, detailType, detail: { ...evidence, text } };
};

/** The metrics' names in CloudWatch, used by the dashboard and the alarms too. */
export const metricNames = {
  confirmed: 'confirmed',
  failed: 'failed',
  timeToLogout: 'timeToLogoutMs',
  tokenNotRotated: 'tokenNotRotated',
  tokenLost: 'tokenLost',
  oldTokenStillWorks: 'oldTokenStillWorks',
} as const;

/** A mistyped id is no failed logout: there is no session that stayed open. Nor is a logout that somebody stopped. */
const countsAsFailed = ({ outcome, run }: Evidence): boolean =>
  isFailure(outcome) && outcome.kind !== 'unknown-instance' && run?.stoppedBy === undefined;

const figuresOf = (evidence: Evidence): Readonly<Record<string, number>> => ({
  [metricNames.confirmed]: Number(evidence.outcome.confirmed),
  [metricNames.failed]: Number(countsAsFailed(evidence)),
  ...(evidence.timeToLogoutMs !== undefined && { [metricNames.timeToLogout]: evidence.timeToLogoutMs }),
  ...tokenFigures(evidence.token),
  // A single logout tests the old token at once: that it works then is no reason for an alarm.
  ...(evidence.function === 'run' &&
    evidence.token !== undefined && {
      [metricNames.oldTokenStillWorks]: Number(evidence.token.oldTokenStillWorks === true),
    }),
});

export const tokenFigures = (token: TokenRecord | undefined): Readonly<Record<string, number>> =>
  token === undefined
    ? {}
    : {
        [metricNames.tokenNotRotated]: Number(token.kind === 'not-rotated'),
        [metricNames.tokenLost]: Number(token.kind === 'token-lost'),
      };

/** The metrics of an evidence record. Figure and record are one line and cannot disagree. */
export const metricsOf = (evidence: Evidence, stack: string, at: Date): object =>
  functionMetrics(figuresOf(evidence), stack, at);
