import { createHash } from 'node:crypto';

/** Seconds to wait after the first, second, … round in a row that brought nothing. */
const firstWaits = [2, 4, 8, 15, 30, 60, 120, 240, 480];
/** Seconds to wait after later ones, or more if the rounds that are left must last longer. */
const laterWait = 15 * 60;
/** From this round on the waits grow even if each brings something: a state may waver for ever. */
const manyRounds = 12;

/** A number from 0 to 1 that is the same on each replay, and another for each run and round. */
const fractionOf = (runId: string, round: number): number =>
  createHash('sha256').update(`${runId}/${round}`).digest().readUInt32BE() / 2 ** 32;

export type RoundEnd = {
  readonly runId: string;
  /** The round that has just ended, from 1 on. */
  readonly round: number;
  /** How many rounds in a row, up to this one, brought nothing. */
  readonly barren: number;
  /** Until the run expires. */
  readonly leftMs: number;
  /** How many more rounds the operations of the execution suffice for. */
  readonly roundsLeft: number;
};

/** Whole seconds until the next round: ever longer, by chance up to a fifth shorter, never past the run's expiry. */
export const secondsToNextRound = ({ runId, round, barren, leftMs, roundsLeft }: RoundEnd): number => {
  const left = Math.max(1, Math.ceil(leftMs / 1_000));
  const growth = Math.max(0, barren - 1, round - manyRounds);
  const planned = firstWaits[growth] ?? Math.max(laterWait, Math.ceil(left / Math.max(1, roundsLeft)));
  return Math.min(left, planned - Math.floor((planned / 5) * fractionOf(runId, round)));
};
