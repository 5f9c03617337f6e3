import type { GreenApi } from '../green-api/client.ts';
import type { InstanceId } from '../green-api/instance-id.ts';
import type { StateAnswer } from '../green-api/responses.ts';
import { stateClassOf } from '../green-api/vocabulary.ts';
import { type Deadline, deadlineIn, hasPassed } from '../platform/deadline.ts';
import type { CallWithCredential, NotCalled } from './call-with-credential.ts';
import type { Reading } from './evidence.ts';

/**
 * Readings of `notAuthorized` in a row that confirm a logout. GREEN-API's states are sometimes wrong for a while, so a run takes
 * two; the caller of a single logout waits for the answer, so one must do
 * (https://github.com/green-api/issues/issues/595).
 */
export const readingsNeeded = { logout: 1, run: 2 } as const;

/** How many of the newest readings found the instance logged out, without another one in between. */
export const outInARow = (readings: readonly Reading[]): number =>
  readings.length -
  1 -
  readings.findLastIndex((reading) => !('stateInstance' in reading) || stateClassOf(reading.stateInstance) !== 'out');

export type Confirmation = {
  readonly readings: readonly Reading[];
  /** The last state that was read; missing if none was. */
  readonly stateInstance?: string | null;
  /** ISO 8601 instant of the reading that confirmed the logout. */
  readonly confirmedAt?: string;
  /** Why the readings ended although there was time for more. */
  readonly readingProblem?: string;
};

export const noConfirmation: Confirmation = { readings: [] };

export type ConfirmDependencies = {
  readonly callWithCredential: CallWithCredential;
  readonly readState: GreenApi['readState'];
  readonly now: () => Date;
};

const readingOf = (answer: StateAnswer | NotCalled, at: string): Reading =>
  answer.kind === 'state' ? { at, stateInstance: answer.stateInstance } : { at, failure: answer.detail };

/** Why nothing was sent, unless the time was over. */
const problemOf = (answer: StateAnswer | NotCalled): Pick<Confirmation, 'readingProblem'> =>
  answer.kind === 'state' || answer.kind === 'timed-out' ? {} : { readingProblem: answer.detail };

/**
 * Reads the state at once, and again as often as GREEN-API allows, until the logout is confirmed or `waitMs` are over.
 * The first reading has the whole time limit of a call; the later ones end with the wait.
 */
export const createConfirm =
  ({ callWithCredential, readState, now }: ConfirmDependencies) =>
  async (idInstance: InstanceId, waitMs: number, deadline: Deadline): Promise<Confirmation> => {
    const waitEnds = Math.min(deadline, deadlineIn(waitMs));
    const readings: Reading[] = [];
    let last: Pick<Confirmation, 'stateInstance'> = {};

    do {
      const answer = await callWithCredential(idInstance, readState, readings.length === 0 ? deadline : waitEnds);
      if (answer.requests === 0) return { readings, ...last, ...problemOf(answer) };

      const at = now().toISOString();
      if (answer.kind === 'state') last = { stateInstance: answer.stateInstance };
      readings.push(readingOf(answer, at));
      if (outInARow(readings) >= readingsNeeded.logout) return { readings, ...last, confirmedAt: at };
    } while (!hasPassed(waitEnds));

    return { readings, ...last };
  };
