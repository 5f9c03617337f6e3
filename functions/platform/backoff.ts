import { createHash } from 'node:crypto';

/** Backoff: the retry pause in seconds after the first, second, … round in a row without progress. */
const firstWaits = [2, 4, 8, 15, 30, 60, 120, 240, 480];
/** Seconds to wait after later rounds; more if the rounds that are left must cover a longer time. */
const laterWait = 15 * 60;
/** From this round on the waits grow even if each round makes progress, because a state may alternate forever. */
const manyRounds = 12;

/** A number from 0 to 1: the same on each replay, different for each run and round. */
const fractionOf = (runId: string, round: number): number =>
  createHash('sha256').update(`${runId}/${round}`).digest().readUInt32BE() / 2 ** 32;

export type RoundEnd = {
  readonly runId: string;
  /** The round that has just ended, from 1 on. */
  readonly round: number;
  /** How many rounds in a row, up to this one, made no progress. */
  readonly roundsWithoutProgress: number;
  /** Time until the run expires, in milliseconds. */
  readonly leftMs: number;
  /** How many more rounds the execution has operations for. */
  readonly roundsLeft: number;
  /** There is nothing to do for so many seconds. @default 0 */
  readonly leastSeconds?: number;
  /** In this round GREEN-API accepted a logout. */
  readonly wasLoggedOut?: boolean;
  /** GREEN-API answered 429 in this round. */
  readonly wasRateLimited?: boolean;
};

/**
 * From a logout to its first reading. Most accounts are out by then, and GREEN-API's limit has passed for the next reading
 * (docs/decisions/0013-first-pause.md).
 */
const firstPause = 1;

/**
 * Other runs over the same instances come back at other seconds of this time after a 429: GREEN-API allows one call per second and
 * instance, and each process keeps that limit for itself alone.
 */
const rateLimitedSpread = 15;

/** The pause until the next round in whole seconds: backoff with a jitter of up to a fifth, and never past the run's expiry. */
export const secondsToNextRound = (end: RoundEnd): number => {
  const { runId, round, roundsWithoutProgress, leftMs, roundsLeft } = end;
  const { leastSeconds = 0, wasLoggedOut = false, wasRateLimited = false } = end;
  const left = Math.max(1, Math.ceil(leftMs / 1_000));
  const growth = Math.max(0, roundsWithoutProgress - 1, round - manyRounds);
  const planned =
    wasLoggedOut && growth === 0
      ? firstPause
      : (firstWaits[growth] ?? Math.max(laterWait, Math.ceil(left / Math.max(1, roundsLeft))));
  const fraction = fractionOf(runId, round);
  const spread = wasRateLimited ? Math.ceil(rateLimitedSpread * fraction) : 0;
  return Math.min(left, Math.max(leastSeconds, planned - Math.floor((planned / 5) * fraction) + spread));
};
