export type PaceOptions = {
  /** How many start at once. */
  readonly burst: number;
  /** Time between the others, in milliseconds. */
  readonly intervalMs: number;
};

/**
 * Spreads starts out over time: returns how long each must wait for its turn, in milliseconds.
 *
 * @param now milliseconds since 1970
 */
export const createPace = ({ burst, intervalMs }: PaceOptions, now: () => number) => {
  let nextAt = 0;
  return (): number => {
    const earliest = nextAt - (burst - 1) * intervalMs;
    nextAt = Math.max(nextAt, now()) + intervalMs;
    return Math.max(0, earliest - now());
  };
};
