import { randomUUID } from 'node:crypto';
import { type Attempt, notRotated, rotationStages, type StoredToken, type TokenRotation } from './attempt.ts';
import type { VersionReading } from './secret-versions.ts';

export type Beginning =
  /** The decision is on record for the first time: the token may be replaced, once. */
  | {
      readonly kind: 'first-try';
      readonly current: StoredToken;
      /** The rotation before never ended: it crashed. */
      readonly afterCrash: boolean;
    }
  /** An earlier try of the same decision came at least as far. */
  | { readonly kind: 'begun-before' }
  | TokenRotation;

/** No rotation takes as long. After this time, one that holds the label has crashed. In milliseconds. */
const longestRotationMs = 5 * 60 * 1_000;
/** Between two looks at a rotation that is under way, in milliseconds. */
const pollMs = 1_000;
/** The longest wait for another rotation, in milliseconds. */
const longestWaitMs = 15_000;

const notBegun = (detail: string): TokenRotation => ({ kind: 'not-rotated', detail, notBegun: true });

const isAnotherUnderWay = (holder: VersionReading, { intentId, clock }: Attempt): boolean =>
  holder.kind === 'version' && holder.versionId !== intentId && clock.date() - holder.createdAtMs < longestRotationMs;

type Turn = { readonly kind: 'turn'; readonly current: StoredToken; readonly holder: VersionReading } | TokenRotation;

/** Whether the current token is another than at first, and GREEN-API accepts it: somebody else has replaced it meanwhile. */
const isReplaced = async (attempt: Attempt, first: StoredToken, current: StoredToken): Promise<boolean> =>
  current.credential.apiTokenInstance !== first.credential.apiTokenInstance &&
  (await attempt.tryToken(current.credential)) === 'accepted';

/** Waits for another rotation of this token. If it succeeds, there is nothing left to do. */
const waitForTurn = async (attempt: Attempt): Promise<Turn> => {
  const waitEnds = attempt.clock.now() + longestWaitMs;
  let first: StoredToken | undefined;
  for (;;) {
    const current = await attempt.readToken({ stage: 'AWSCURRENT' });
    if (current.kind !== 'token')
      return notBegun(current.kind === 'absent' ? 'there is no secret for the instance' : current.detail);
    first ??= current;
    if (await isReplaced(attempt, first, current))
      return { kind: 'rotated', detail: 'by another rotation at the same time' };

    const holder = await attempt.secret.read({ stage: rotationStages.underWay });
    if (holder.kind === 'failed') return notBegun(holder.detail);
    if (!isAnotherUnderWay(holder, attempt)) return { kind: 'turn', current, holder };
    if (attempt.clock.now() >= waitEnds || !(await attempt.pause(pollMs)))
      return notBegun('another rotation of this token is under way');
  }
};

/** The member that only this try has: Secrets Manager takes the same version with another text for another request. */
const intentTextOf = ({ text }: StoredToken): string =>
  JSON.stringify({ ...JSON.parse(text), rotationAttempt: randomUUID() });

/**
 * Puts the decision on record, before anything is called, and excludes other rotations of the same token. The record also
 * proves that the secret can be written.
 */
export const begin = async (attempt: Attempt): Promise<Beginning> => {
  const turn = await waitForTurn(attempt);
  if (turn.kind !== 'turn') return turn;
  const { current, holder } = turn;

  const intent = { versionId: attempt.intentId, text: intentTextOf(current), stage: rotationStages.intent };
  const written = await attempt.secret.put(intent);
  if (written.kind === 'taken') return { kind: 'begun-before' };
  if (written.kind === 'failed') return notRotated(`the secret cannot be written: ${written.detail}`);

  const from = holder.kind === 'version' ? holder.versionId : undefined;
  const marked = await attempt.secret.moveStage({ stage: rotationStages.underWay, from, to: attempt.intentId });
  if (marked.kind === 'done') return { kind: 'first-try', current, afterCrash: from !== undefined };
  await end(attempt);
  return notRotated(`another rotation began at the same time, or ${marked.detail}`);
};

/** Lets the next rotation begin. If it fails, the next one waits until this one is certainly over. */
export const end = async ({ secret, intentId }: Attempt): Promise<void> => {
  await secret.moveStage({ stage: rotationStages.underWay, from: intentId });
};
