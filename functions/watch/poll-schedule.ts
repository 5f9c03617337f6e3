/** Operations that a watch may use, of the 3,000 that Lambda allows one execution: each operation costs, and its history must stay readable. */
const mostOperations = 2_000;
/** A poll is one step and one wait. */
const operationsPerPoll = 2;
const dayMs = 24 * 60 * 60 * 1_000;
const shortestMs = 15 * 60 * 1_000;
/** A first reading of a linked state is checked soon. */
const recheckMs = 60 * 1_000;
/** Early polls for such checks: a state that alternates must not use up the budget. */
const mostRechecks = 200;

type PollTime = {
  readonly elapsedMs: number;
  readonly leftMs: number;
  readonly used: number;
  /** An instance was read as linked for the first time. */
  readonly isSuspicious: boolean;
  readonly rechecks: number;
};

const affordableMs = ({ leftMs, used }: PollTime): number => {
  const polls = Math.floor((mostOperations - used) / operationsPerPoll);
  return polls <= 1 ? leftMs : leftMs / polls;
};

type NextPoll = { readonly seconds: number; readonly isRecheck: boolean };

/** When to poll next: every 15 minutes in the first day, then as often as the budget of operations allows. `undefined`: the watch is over. */
export const nextPoll = (time: PollTime): NextPoll | undefined => {
  const { elapsedMs, leftMs, used, isSuspicious, rechecks } = time;
  if (leftMs <= 0) return undefined;
  // One poll is kept for the end of the watch.
  const isAffordable = used + 2 * operationsPerPoll <= mostOperations;
  const isRecheck = isSuspicious && rechecks < mostRechecks && isAffordable;
  const laterMs = elapsedMs < dayMs ? shortestMs : Math.max(shortestMs, affordableMs(time));
  const ms = Math.min(leftMs, isRecheck ? recheckMs : laterMs);
  return { seconds: Math.max(1, Math.ceil(ms / 1_000)), isRecheck };
};
