import type { Counted, GreenApi } from '../green-api/client.ts';
import type { Deadline } from '../green-api/deadline.ts';
import type { LogoutAnswer } from '../green-api/responses.ts';
import type { Ask, NotAsked } from './call-with-credential.ts';
import { type Confirmation, createConfirm, noConfirmation } from './confirmation.ts';
import type { Evidence, RecordEvidence } from './evidence.ts';
import type { LogoutOutcome, Said } from './outcome.ts';

export type LogoutRequest = Pick<Evidence, 'idInstance' | 'requestId' | 'requestedBy' | 'reason'> & {
  /** How long to wait for the confirmation, in milliseconds; 0: do not read the state of a logout that was accepted. */
  readonly waitMs: number;
};

/** Logs one instance out and says what became of it. Never rejects; leaves one evidence record. */
export type LogOut = (request: LogoutRequest, deadline: Deadline) => Promise<LogoutOutcome>;

export type LogOutDependencies = {
  readonly ask: Ask;
  readonly greenApi: Pick<GreenApi, 'logout' | 'readState'>;
  readonly recordEvidence: RecordEvidence;
  readonly now: () => Date;
};

type Answer = LogoutAnswer | NotAsked;

/** How long the state may tell more than this answer did, in milliseconds; `undefined`: it is not asked. */
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

const saidBy = (answer: Answer, { stateInstance }: Confirmation): Said => ({
  ...(answer.kind === 'accepted' && { isLogout: true }),
  ...(answer.kind === 'refused' && { isLogout: false }),
  ...(stateInstance !== undefined && { stateInstance }),
});

const outcomeOf = (answer: Counted<Answer>, confirmation: Confirmation, waitMs: number): LogoutOutcome => {
  const said = saidBy(answer, confirmation);
  if (confirmation.confirmedAt !== undefined) {
    const wasOut = !answer.resent && (answer.kind === 'not-authorized' || answer.kind === 'refused');
    return { kind: wasOut ? 'already-logged-out' : 'logged-out', confirmed: true, ...said };
  }
  if (answer.kind === 'accepted' && waitMs === 0) return { kind: 'logged-out', confirmed: false, ...said };
  if (answer.kind === 'accepted' || answer.kind === 'not-authorized') {
    const { readings, hindrance } = confirmation;
    const end = hindrance === undefined ? ` within ${waitMs / 1_000} s` : `: ${hindrance}`;
    const reason = `no reading (of ${readings.length}) said notAuthorized${end}`;
    return { kind: 'unconfirmed', confirmed: false, reason, ...said };
  }
  return { kind: answer.kind, confirmed: false, reason: answer.reason, ...said };
};

export const createLogOut = ({ ask, greenApi, recordEvidence, now }: LogOutDependencies): LogOut => {
  const confirm = createConfirm({ ask, readState: greenApi.readState, now });

  return async ({ idInstance, waitMs, ...asked }, deadline) => {
    const requestedAt = now().toISOString();
    const answer = await ask(idInstance, greenApi.logout, deadline);
    const time = readingTime(answer, waitMs);
    const confirmation = time === undefined ? noConfirmation : await confirm(idInstance, time, deadline);
    const outcome = outcomeOf(answer, confirmation, waitMs);

    const { readings, confirmedAt } = confirmation;
    await recordEvidence({
      idInstance,
      door: 'logout',
      ...asked,
      requestedAt,
      ...(confirmedAt !== undefined && {
        confirmedAt,
        timeToLogoutMs: Date.parse(confirmedAt) - Date.parse(requestedAt),
      }),
      attempts: answer.requests,
      readings,
      outcome,
    });
    return outcome;
  };
};
