import type { Counted } from '../green-api/client.ts';
import type { ClearQueueAnswer, LogoutAnswer, StateAnswer } from '../green-api/responses.ts';
import type { TagsReading } from '../instances/directory.ts';
import type { NotCalled } from '../logout/call-with-credential.ts';
import { retryable } from '../logout/outcome.ts';
import type { Target } from './request.ts';
import { failed, keptText, lastState, retryOrFail, type TargetState, withReading, withRetry } from './target-state.ts';
import { skipReasonOf } from './targets.ts';

const confirm = (targetState: TargetState, at: string): TargetState => {
  const { detail: _, ...rest } = targetState;
  const kind = targetState.retry.mayHaveActed ? 'logged-out' : 'already-logged-out';
  return { ...rest, kind, confirmed: true, confirmedAt: at };
};

const applyNotAuthorized = (targetState: TargetState, wasNotAuthorized: boolean, at: string): TargetState => {
  if (wasNotAuthorized) return confirm(targetState, at);
  const { acceptedLogouts, acceptedAt = at } = targetState.retry;
  return withRetry(
    targetState,
    { acceptedLogouts: Math.max(1, acceptedLogouts), acceptedAt, pendingFailure: 'unconfirmed' },
    { detail: 'one reading reported notAuthorized, and no second one in a row' },
  );
};

/** What a reading made after a logout tells. Two in a row that say `notAuthorized` confirm; one that fails breaks the row. */
export const applyReading = (
  targetState: TargetState,
  answer: Counted<StateAnswer | NotCalled>,
  at: string,
): TargetState => {
  if (answer.kind === 'state') {
    const { stateInstance } = answer;
    const next = withReading(targetState, { at, stateInstance });
    if (stateInstance === 'notAuthorized')
      return applyNotAuthorized(next, lastState(targetState) === 'notAuthorized', at);
    return targetState.retry.acceptedLogouts > 0
      ? retryOrFail(next, 'unconfirmed', `the state is ${stateInstance}`)
      : next;
  }
  const next = answer.requests > 0 ? withReading(targetState, { at, failure: answer.detail }) : targetState;
  const kind = answer.kind === 'not-authorized' ? 'unconfirmed' : answer.kind;
  // A reading that may work later takes nothing from what the logout was answered.
  const tellsMore = targetState.retry.acceptedLogouts > 0 || retryable[kind] === false;
  return tellsMore ? retryOrFail(next, kind, `state not read: ${answer.detail}`) : next;
};

/** What the answer to a logout tells. */
export const applyLogoutResponse = (
  targetState: TargetState,
  answer: Counted<LogoutAnswer | NotCalled>,
  at: string,
): TargetState => {
  const next = { ...targetState, attempts: targetState.attempts + answer.requests };
  switch (answer.kind) {
    case 'accepted': {
      const { acceptedLogouts, acceptedAt = at } = targetState.retry;
      return withRetry(
        next,
        {
          acceptedLogouts: acceptedLogouts + 1,
          acceptedAt,
          isLogout: true,
          mayHaveActed: true,
          pendingFailure: 'unconfirmed',
        },
        { detail: 'no reading reported notAuthorized' },
      );
    }
    case 'refused':
      return retryOrFail(withRetry(next, { refusals: targetState.retry.refusals + 1 }), 'refused', answer.detail);
    case 'not-authorized': {
      const mayHaveActed = targetState.retry.mayHaveActed || answer.resent === true;
      return retryOrFail(withRetry(next, { mayHaveActed }), 'unconfirmed', answer.detail);
    }
    case 'unavailable':
    case 'timed-out': {
      const mayHaveActed = targetState.retry.mayHaveActed || answer.requests > 0;
      return retryOrFail(withRetry(next, { mayHaveActed }), answer.kind, answer.detail);
    }
    default:
      return retryOrFail(next, answer.kind, answer.detail);
  }
};

/** A second refusal is the last word, unless the state says that there was nothing to refuse. */
export const applyRefusals = (targetState: TargetState): TargetState =>
  targetState.kind === 'pending' && targetState.retry.refusals > 1 && lastState(targetState) !== 'notAuthorized'
    ? failed(targetState, 'refused', 'GREEN-API answered isLogout: false twice')
    : targetState;

/** What the tags, read again right before a logout, tell: whether it may be made. */
export const applyTags = (targetState: TargetState, reading: TagsReading, target: Target): TargetState => {
  if (reading.kind !== 'tags') return retryOrFail(targetState, reading.kind, reading.detail);
  const { idInstance: _, ...tags } = reading.instance;
  const why = skipReasonOf(reading.instance, target);
  const seen = withRetry(targetState, {
    tags: {
      ...tags,
      ...(tags.owner !== undefined && { owner: keptText(tags.owner) }),
      ...(tags.group !== undefined && { group: keptText(tags.group) }),
    },
  });
  if (why === undefined) return seen;
  return targetState.retry.acceptedLogouts > 0
    ? withRetry(seen, { leaveAlone: true })
    : { ...seen, kind: 'skipped', detail: why };
};

/** The outgoing queue was not cleared, and why; it never changes what is said of the logout. */
export const queueNotCleared = (targetState: TargetState, why: string): TargetState =>
  withRetry(targetState, { queueProblem: keptText(why) }, { queueCleared: false });

/** What came of clearing the outgoing queue. */
export const applyQueueResponse = (
  targetState: TargetState,
  answer: Counted<ClearQueueAnswer | NotCalled>,
): TargetState => {
  if (answer.kind !== 'cleared') return queueNotCleared(targetState, answer.detail);
  const { queueProblem: _, ...retry } = targetState.retry;
  return { ...targetState, queueCleared: true, retry };
};
