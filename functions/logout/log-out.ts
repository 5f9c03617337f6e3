import type { Counted, GreenApi } from '../green-api/client.ts';
import type { LogoutAnswer } from '../green-api/responses.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { CallWithCredential, NotCalled } from './call-with-credential.ts';
import { type Confirmation, createConfirm, noConfirmation } from './confirmation.ts';
import type { Evidence, RecordEvidence } from './evidence.ts';
import type { LogoutOutcome, Reported } from './outcome.ts';

export type LogoutRequest = Pick<
  Evidence,
  'idInstance' | 'requestId' | 'requestedBy' | 'session' | 'email' | 'reason'
> & {
  /** How long to wait for the confirmation, in milliseconds; 0: do not read the state of a logout that was accepted. */
  readonly waitMs: number;
};

/** Logs one instance out, confirms it and records one evidence record. Never rejects. */
export type LogOut = (request: LogoutRequest, deadline: Deadline) => Promise<LogoutOutcome>;

export type LogOutDependencies = {
  readonly callWithCredential: CallWithCredential;
  readonly greenApi: Pick<GreenApi, 'logout' | 'readState'>;
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

const outcomeOf = (answer: Counted<Answer>, confirmation: Confirmation, waitMs: number): LogoutOutcome => {
  const reported = reportedBy(answer, confirmation);
  if (confirmation.confirmedAt !== undefined) {
    const wasOut = !answer.resent && (answer.kind === 'not-authorized' || answer.kind === 'refused');
    return { kind: wasOut ? 'already-logged-out' : 'logged-out', confirmed: true, ...reported };
  }
  if (answer.kind === 'accepted' && waitMs === 0) return { kind: 'logged-out', confirmed: false, ...reported };
  if (answer.kind === 'accepted' || answer.kind === 'not-authorized') {
    const { readings, readingProblem } = confirmation;
    const end = readingProblem === undefined ? ` within ${waitMs / 1_000} s` : `: ${readingProblem}`;
    const detail = `no reading (of ${readings.length}) reported notAuthorized${end}`;
    return { kind: 'unconfirmed', confirmed: false, detail, ...reported };
  }
  return { kind: answer.kind, confirmed: false, detail: answer.detail, ...reported };
};

export const createLogOut = ({ callWithCredential, greenApi, recordEvidence, now }: LogOutDependencies): LogOut => {
  const confirm = createConfirm({ callWithCredential, readState: greenApi.readState, now });

  return async ({ idInstance, waitMs, ...request }, deadline) => {
    const requestedAt = now().toISOString();
    const answer = await callWithCredential(idInstance, greenApi.logout, deadline);
    const time = readingTime(answer, waitMs);
    const confirmation = time === undefined ? noConfirmation : await confirm(idInstance, time, deadline);
    const outcome = outcomeOf(answer, confirmation, waitMs);

    const { readings, confirmedAt } = confirmation;
    await recordEvidence({
      version: 1,
      idInstance,
      function: 'logout',
      ...request,
      requestedAt,
      ...(confirmedAt !== undefined && {
        confirmedAt,
        // The machine's clock may be set back in between.
        timeToLogoutMs: Math.max(0, Date.parse(confirmedAt) - Date.parse(requestedAt)),
      }),
      attempts: answer.requests,
      readings,
      outcome,
    });
    return outcome;
  };
};
