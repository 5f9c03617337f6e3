import type { Counted } from '../green-api/client.ts';
import type { ClearQueueAnswer, LogoutAnswer, StateAnswer } from '../green-api/responses.ts';
import { stateClassOf } from '../green-api/vocabulary.ts';
import type { NotCalled } from '../instances/call-with-credential.ts';
import type { TagsReading } from '../instances/directory.ts';
import { outInARow, readingsNeeded } from '../logout/confirmation.ts';
import { mayPass } from '../logout/outcome.ts';
import { defined } from '../platform/defined.ts';
import { skipOf } from './outcome.ts';
import type { Target } from './request.ts';
import { failed, keptText, lastClass, retryOrFail, type TargetState, withReading, withRetry } from './target-state.ts';

const confirm = (target: TargetState, at: string): TargetState => {
  const { detail: _, ...rest } = target;
  const kind = target.retry.mayHaveActed ? 'logged-out' : 'already-logged-out';
  return { ...rest, kind, confirmed: true, confirmedAt: at };
};

const withRateLimit = (target: TargetState, { kind, requests }: Counted<{ readonly kind: string }>): TargetState =>
  kind === 'rate-limited' && requests > 0 ? withRetry(target, { wasRateLimited: true }) : target;

/**
 * An earlier attempt of the step that processes this instance was interrupted and may have sent a logout. GREEN-API's answer to the
 * next one does not show who logged the instance out.
 */
export const applyInterruption = (target: TargetState): TargetState =>
  lastClass(target) === 'out' ? target : withRetry(target, { mayHaveActed: true });

/** After a reading of a logged-out instance, which is already among the readings. */
const applyOut = (target: TargetState, at: string): TargetState => {
  const { readings, acceptedLogouts, acceptedAt = at } = target.retry;
  const inARow = outInARow(readings);
  if (inARow >= readingsNeeded.run) return confirm(target, at);
  return withRetry(
    target,
    { acceptedLogouts: Math.max(1, acceptedLogouts), acceptedAt, pendingFailure: 'unconfirmed' },
    { detail: `${inARow} of ${readingsNeeded.run} readings in a row reported notAuthorized` },
  );
};

const applyState = (target: TargetState, stateInstance: string | null, at: string): TargetState => {
  const next = withReading(target, { at, stateInstance });
  if (stateClassOf(stateInstance) === 'out') return applyOut(next, at);
  if (next.retry.acceptedLogouts === 0) return next;
  return retryOrFail(next, { kind: 'unconfirmed', detail: `the state is ${stateInstance}` }, at);
};

/** Applies a reading of the state. {@link readingsNeeded} in a row confirm the logout; a failed reading breaks the row. */
export const applyReading = (
  target: TargetState,
  answer: Counted<StateAnswer | NotCalled>,
  at: string,
): TargetState => {
  if (answer.kind === 'state') return applyState(target, answer.stateInstance, at);
  const noted = withRateLimit(target, answer);
  const next = answer.requests > 0 ? withReading(noted, { at, failure: answer.detail }) : noted;
  const failure = answer.kind === 'not-authorized' ? ({ ...answer, kind: 'unconfirmed' } as const) : answer;
  // A transient failure to read the state must not overwrite the logout's own result.
  const isNews = target.retry.acceptedLogouts > 0 || !mayPass(failure.kind);
  return isNews ? retryOrFail(next, { ...failure, detail: `state not read: ${answer.detail}` }, at) : next;
};

/** What GREEN-API answered to the requests of an instance whose logout it refused twice. Other answers may be in between. */
const describeRefusals = ({ attempts, retry }: TargetState): string => {
  if (attempts === 2) return 'GREEN-API answered isLogout: false twice';
  const refused = `GREEN-API answered isLogout: false to 2 of ${attempts} requests`;
  return retry.isLogout ? `${refused}, and isLogout: true to another` : refused;
};

export const applyLogoutResponse = (
  target: TargetState,
  answer: Counted<LogoutAnswer | NotCalled>,
  at: string,
): TargetState => {
  const { acceptedLogouts, acceptedAt = at, mayHaveActed, refusals } = target.retry;
  const next = { ...withRateLimit(target, answer), attempts: target.attempts + answer.requests };
  switch (answer.kind) {
    case 'accepted':
      return withRetry(
        next,
        {
          acceptedLogouts: acceptedLogouts + 1,
          acceptedAt,
          isLogout: true,
          mayHaveActed: true,
          pendingFailure: 'unconfirmed',
        },
        { detail: 'GREEN-API accepted the logout, and no reading after it reported notAuthorized' },
      );
    case 'refused':
      // The state is read between the two: a logout is sent only while the instance is not out.
      return refusals > 0
        ? failed(next, 'refused', describeRefusals(next))
        : retryOrFail(withRetry(next, { refusals: refusals + 1 }), answer, at);
    case 'not-authorized':
      return retryOrFail(
        withRetry(next, { mayHaveActed: mayHaveActed || answer.resent === true }),
        { kind: 'unconfirmed', detail: answer.detail },
        at,
      );
    case 'unavailable':
    case 'timed-out':
      return retryOrFail(withRetry(next, { mayHaveActed: mayHaveActed || answer.requests > 0 }), answer, at);
    default:
      return retryOrFail(next, answer, at);
  }
};

/** Applies the tags, which are read again right before a logout: whether the run may still send it. */
export const applyTags = (targetState: TargetState, reading: TagsReading, target: Target, at: string): TargetState => {
  const isFirst = targetState.retry.acceptedLogouts === 0;
  // The list may lag: the instance was removed meanwhile. An instance that the request names must exist.
  if (reading.kind === 'unknown-instance' && isFirst && !('instances' in target))
    return { ...targetState, kind: 'skipped', skipReason: 'not-found', detail: reading.detail };
  if (reading.kind !== 'tags') return retryOrFail(targetState, reading, at);
  const { idInstance: _, ...tags } = reading.instance;
  const seen = withRetry(targetState, {
    tags: defined({ ...tags, owner: tags.owner && keptText(tags.owner), group: tags.group && keptText(tags.group) }),
  });
  const skip = skipOf(reading.instance, target);
  if (skip === undefined) return seen;
  return isFirst ? { ...seen, kind: 'skipped', ...skip } : withRetry(seen, { leaveAlone: true });
};

/** The outgoing queue was not cleared, and why. The logout keeps its own outcome. */
export const queueNotCleared = (target: TargetState, detail: string): TargetState =>
  withRetry(target, { queueProblem: keptText(detail) }, { queueCleared: false });

export const applyQueueResponse = (target: TargetState, answer: Counted<ClearQueueAnswer | NotCalled>): TargetState => {
  if (answer.kind !== 'cleared') return queueNotCleared(target, answer.detail);
  const { queueProblem: _, ...retry } = target.retry;
  return { ...target, queueCleared: true, retry };
};
