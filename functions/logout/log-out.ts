import { randomUUID } from 'node:crypto';
import type { Counted, GreenApi } from '../green-api/client.ts';
import type { InstanceId } from '../green-api/instance-id.ts';
import type { LogoutAnswer } from '../green-api/responses.ts';
import type { CallWithCredential, NotCalled } from '../instances/call-with-credential.ts';
import type { TestOldToken } from '../instances/token-rotation/old-token.ts';
import type { RotateToken } from '../instances/token-rotation/rotate-token.ts';
import { type Deadline, deadlineIn, timeUntil } from '../platform/deadline.ts';
import { type Confirmation, createConfirm, isOut, noConfirmation } from './confirmation.ts';
import type { Evidence, RecordEvidence, TokenRecord } from './evidence.ts';
import type { LogoutOutcome, Reported } from './outcome.ts';

export type LogoutRequest = Pick<
  Evidence,
  'idInstance' | 'requestId' | 'requestedBy' | 'session' | 'email' | 'person' | 'reason'
> & {
  /** How long to wait for the confirmation, in milliseconds; 0: do not read the state of a logout that was accepted. */
  readonly waitMs: number;
  /** Clear the outgoing queue too, so that the next number that is linked does not send it. */
  readonly clearQueue?: boolean;
  /** Replace the token too, so that a copy of it cannot link the instance again. */
  readonly rotateToken?: boolean;
};

/** What else was requested, and its results. None of them changes the outcome of the logout. */
type FollowUp = Pick<Evidence, 'queue' | 'token'>;

export type LogoutResult = Pick<Evidence, 'confirmedAt'> & {
  readonly outcome: LogoutOutcome;
  /** How many readings in a row reported `notAuthorized`; missing if the logout is not confirmed. */
  readonly readings?: number;
  readonly followUp: FollowUp;
};

/** Logs one instance out, confirms it and records one evidence record. Never rejects. */
export type LogOut = (request: LogoutRequest, deadline: Deadline) => Promise<LogoutResult>;

type LogOutDependencies = {
  readonly callWithCredential: CallWithCredential;
  readonly greenApi: Pick<GreenApi, 'logout' | 'readState' | 'clearQueue'>;
  readonly rotateToken: RotateToken;
  readonly testOldToken: TestOldToken;
  readonly recordEvidence: RecordEvidence;
  readonly now: () => Date;
};

type Answer = LogoutAnswer | NotCalled;

/** How long to read the state after this answer, in milliseconds; `undefined`: no reading could add anything. */
const readingTime = (answer: Counted<Answer>, waitMs: number): number | undefined => {
  if (answer.requests === 0) return undefined;
  switch (answer.kind) {
    case 'accepted':
      return waitMs > 0 ? waitMs : undefined;
    case 'not-authorized':
    case 'unavailable':
    case 'timed-out':
      return waitMs;
    case 'refused':
      return 0;
    default:
      return undefined;
  }
};

const reportedBy = (answer: Answer, { stateInstance }: Confirmation): Reported => ({
  ...(answer.kind === 'accepted' && { isLogout: true }),
  ...(answer.kind === 'refused' && { isLogout: false }),
  ...(stateInstance !== undefined && { stateInstance }),
});

const whyUnconfirmed = ({ readings, readingProblem, stateInstance }: Confirmation, waitMs: number): string => {
  if (readings.some(isOut)) return `a reading reported notAuthorized, and a later one ${stateInstance}`;
  const end = readingProblem === undefined ? ` within ${waitMs / 1_000} s` : `: ${readingProblem}`;
  return `no reading (of ${readings.length}) reported notAuthorized${end}`;
};

const outcomeOf = (answer: Counted<Answer>, confirmation: Confirmation, waitMs: number): LogoutOutcome => {
  const reported = reportedBy(answer, confirmation);
  if (confirmation.proof !== undefined) {
    const wasOut = !answer.resent && (answer.kind === 'not-authorized' || answer.kind === 'refused');
    return { kind: wasOut ? 'already-logged-out' : 'logged-out', confirmed: true, ...reported };
  }
  if (answer.kind === 'accepted' && waitMs === 0) return { kind: 'logged-out', confirmed: false, ...reported };
  if (answer.kind === 'accepted' || answer.kind === 'not-authorized') {
    const detail = whyUnconfirmed(confirmation, waitMs);
    return { kind: 'unconfirmed', confirmed: false, detail, ...reported };
  }
  return { kind: answer.kind, confirmed: false, detail: answer.detail, ...reported };
};

/** Least time for a rotation, in milliseconds: one call, and two readings 5 s apart if its answer is lost. */
const rotationMs = 12_000;
/** A time-out fires late, above all in a function with little memory, which has a small share of a processor. In milliseconds. */
const marginMs = 1_000;

const createFollowUp = ({ callWithCredential, greenApi, rotateToken, testOldToken }: LogOutDependencies) => {
  const clearQueue = async (idInstance: InstanceId, deadline: Deadline): Promise<NonNullable<Evidence['queue']>> => {
    const answer = await callWithCredential(idInstance, greenApi.clearQueue, deadline);
    return answer.kind === 'cleared' ? { cleared: true } : { cleared: false, detail: answer.detail };
  };

  const rotate = async (
    { idInstance, requestId = randomUUID() }: LogoutRequest,
    outcome: LogoutOutcome,
    deadline: Deadline,
  ): Promise<TokenRecord> => {
    if (!outcome.confirmed) return { kind: 'not-rotated', detail: 'the logout is not confirmed' };
    if (timeUntil(deadline) < rotationMs)
      return { kind: 'not-rotated', detail: 'there was no time left: use a shorter wait' };
    const attempt = { idInstance, decision: `request ${requestId}` };
    const { kind, detail } = await rotateToken(attempt, deadline);
    const token = { kind, ...(detail !== undefined && { detail }) };
    if (kind !== 'rotated') return token;
    const old = await testOldToken(attempt, deadline);
    if (old.kind === 'works') return { ...token, oldTokenStillWorks: true };
    return old.kind === 'unknown' ? { ...token, detail: old.detail } : token;
  };

  return async (request: LogoutRequest, outcome: LogoutOutcome, deadline: Deadline): Promise<FollowUp> => {
    const mayBeOut = outcome.confirmed || outcome.isLogout === true;
    // A queue that is not cleared costs less than a token that is not rotated.
    const keepsTime = request.rotateToken && timeUntil(deadline) > rotationMs;
    const queueDeadline = keepsTime ? deadline - rotationMs - marginMs : deadline;
    return {
      ...(request.clearQueue && mayBeOut && { queue: await clearQueue(request.idInstance, queueDeadline) }),
      ...(request.rotateToken && { token: await rotate(request, outcome, deadline) }),
    };
  };
};

export const createLogOut = (dependencies: LogOutDependencies): LogOut => {
  const { callWithCredential, greenApi, recordEvidence, now } = dependencies;
  const doFollowUp = createFollowUp(dependencies);
  const confirm = createConfirm({ callWithCredential, readState: greenApi.readState, now });

  return async (request, deadline) => {
    const { idInstance, waitMs, clearQueue: _, rotateToken: __, ...recorded } = request;
    const requestedAt = now().toISOString();
    const requestedMs = deadlineIn(0);
    const answer = await callWithCredential(idInstance, greenApi.logout, deadline);
    const time = readingTime(answer, waitMs);
    const confirmation = time === undefined ? noConfirmation : await confirm(idInstance, time, deadline);
    const outcome = outcomeOf(answer, confirmation, waitMs);

    const followUp = await doFollowUp(request, outcome, deadline);

    const { readings, proof } = confirmation;
    await recordEvidence({
      version: 1,
      idInstance,
      function: 'logout',
      ...recorded,
      requestedAt,
      // The machine's clock may be set in between.
      ...(proof && { confirmedAt: proof.confirmedAt, timeToLogoutMs: Math.round(proof.confirmedMs - requestedMs) }),
      attempts: answer.requests,
      readings,
      outcome,
      ...followUp,
    });
    return { outcome, followUp, ...(proof && { confirmedAt: proof.confirmedAt, readings: proof.inARow }) };
  };
};
