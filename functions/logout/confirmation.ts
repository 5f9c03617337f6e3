import type { GreenApi } from '../green-api/client.ts';
import type { InstanceId } from '../green-api/instance-id.ts';
import type { StateAnswer } from '../green-api/responses.ts';
import { stateClassOf } from '../green-api/vocabulary.ts';
import type { CallWithCredential, NotCalled } from '../instances/call-with-credential.ts';
import { type Deadline, deadlineIn, hasPassed } from '../platform/deadline.ts';
import type { Reading } from './evidence.ts';

/**
 * Readings of `notAuthorized` in a row that confirm a logout. GREEN-API's states are sometimes wrong for a while, so a run takes
 * two; the caller of a single logout waits for the answer, so one must do
 * (https://github.com/green-api/issues/issues/595).
 */
export const readingsNeeded = { logout: 1, run: 2 } as const;

/** A caller who waits at least this long gets a second reading of a confirmed logout, in milliseconds. */
const secondReadingFromMs = 10_000;

export const isOut = (reading: Reading): boolean =>
  'stateInstance' in reading && stateClassOf(reading.stateInstance) === 'out';

/** How many of the newest readings found the instance logged out, without another one in between. */
export const outInARow = (readings: readonly Reading[]): number =>
  readings.length - 1 - readings.findLastIndex((reading) => !isOut(reading));

type Proof = {
  /** ISO 8601 instant of the newest reading of `notAuthorized`. */
  readonly confirmedAt: string;
  /** The same instant on the scale of the deadlines. */
  readonly confirmedMs: number;
  readonly inARow: number;
};

export type Confirmation = {
  readonly readings: readonly Reading[];
  /** The last state that was read; missing if none was. */
  readonly stateInstance?: string | null;
  readonly proof?: Proof;
  /** Why the readings ended although there was time for more. */
  readonly readingProblem?: string;
};

export const noConfirmation: Confirmation = { readings: [] };

type ConfirmDependencies = {
  readonly callWithCredential: CallWithCredential;
  readonly readState: GreenApi['readState'];
  readonly now: () => Date;
};

const readingOf = (answer: StateAnswer | NotCalled, at: string): Reading =>
  answer.kind === 'state' ? { at, stateInstance: answer.stateInstance } : { at, failure: answer.detail };

/** Why nothing was sent, unless the time was over. */
const problemOf = (answer: StateAnswer | NotCalled): Pick<Confirmation, 'readingProblem'> =>
  answer.kind === 'state' || answer.kind === 'timed-out' ? {} : { readingProblem: answer.detail };

/** A reading of `notAuthorized` stays a proof if the next one fails, but not if it reports another state. */
const proofAfter = (before: Proof | undefined, reading: Reading): Proof | undefined => {
  if (!('stateInstance' in reading)) return before;
  if (!isOut(reading)) return undefined;
  return { confirmedAt: reading.at, confirmedMs: deadlineIn(0), inARow: (before?.inARow ?? 0) + 1 };
};

const withReading = ({ proof: before, ...found }: Confirmation, reading: Reading): Confirmation => {
  const proof = proofAfter(before, reading);
  return {
    ...found,
    readings: [...found.readings, reading],
    ...('stateInstance' in reading && { stateInstance: reading.stateInstance }),
    ...(proof && { proof }),
  };
};

/**
 * Reads the state at once, and again as often as GREEN-API allows, until the logout is confirmed or `waitMs` are over. A caller
 * who waits long gets a second reading; if that fails, the first one counts.
 * The first reading has the whole time limit of a call; the later ones end with the wait.
 */
export const createConfirm =
  ({ callWithCredential, readState, now }: ConfirmDependencies) =>
  async (idInstance: InstanceId, waitMs: number, deadline: Deadline): Promise<Confirmation> => {
    const waitEnds = Math.min(deadline, deadlineIn(waitMs));
    const needed = waitMs >= secondReadingFromMs ? readingsNeeded.run : readingsNeeded.logout;
    let found: Confirmation = noConfirmation;

    do {
      const isFirst = found.readings.length === 0;
      const answer = await callWithCredential(idInstance, readState, isFirst ? deadline : waitEnds);
      if (answer.requests === 0) return { ...found, ...problemOf(answer) };

      found = withReading(found, readingOf(answer, now().toISOString()));
      const { proof } = found;
      if (proof !== undefined && (proof.inARow >= needed || answer.kind !== 'state')) return found;
    } while (!hasPassed(waitEnds));

    return found;
  };
