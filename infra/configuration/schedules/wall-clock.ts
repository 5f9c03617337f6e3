/** The clock on a wall in one time zone. Wall times are the milliseconds since 1970 that the same date and time would be in UTC. */
export type WallClock = {
  readonly wallMsAt: (instant: Date) => number;
  /** The instant the clock first shows this; `undefined` when clocks going forward jump over it. */
  readonly instantOf: (wallMs: number) => Date | undefined;
};

const dayMs = 24 * 60 * 60_000;

/** @throws RangeError when the zone is unknown; see `isTimeZone`. */
export const createWallClock = (timeZone: string): WallClock => {
  const offsetMsAt = createOffsetReader(timeZone);
  return {
    wallMsAt: (instant) => instant.getTime() + offsetMsAt(instant.getTime()),
    instantOf: (wallMs) => {
      // A day to either side, so that both offsets are there if the clocks change in between.
      const candidates = [wallMs - dayMs, wallMs + dayMs].map((nearbyMs) => wallMs - offsetMsAt(nearbyMs));
      const instants = candidates.filter((instantMs) => instantMs + offsetMsAt(instantMs) === wallMs);
      return instants.length === 0 ? undefined : new Date(Math.min(...instants));
    },
  };
};

const createOffsetReader = (timeZone: string): ((instantMs: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (instantMs) => {
    const name = format.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const { sign, hours, minutes } = /GMT(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d)/.exec(name)?.groups ?? {};
    const offsetMs = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
    return sign === '-' ? -offsetMs : offsetMs;
  };
};

/** The wall times a clock going forward jumps over, in milliseconds as `WallClock` counts them; the last is not in the gap. */
export type ClockGap = { readonly fromWallMs: number; readonly toWallMs: number };

/** Each time the clock goes forward within some days of an instant, one after the other. */
export const clockGaps = (clock: WallClock, from: Date, days: number): readonly ClockGap[] =>
  Array.from({ length: days }, (_, day) => from.getTime() + day * dayMs)
    .filter((startMs) => offsetMs(clock, startMs + dayMs) > offsetMs(clock, startMs))
    .map((startMs) => gapBetween(clock, startMs, startMs + dayMs));

const gapBetween = (clock: WallClock, beforeMs: number, afterMs: number): ClockGap => {
  if (afterMs - beforeMs <= 1) {
    return { fromWallMs: afterMs + offsetMs(clock, beforeMs), toWallMs: afterMs + offsetMs(clock, afterMs) };
  }
  const middleMs = Math.floor((beforeMs + afterMs) / 2);
  return offsetMs(clock, middleMs) === offsetMs(clock, beforeMs)
    ? gapBetween(clock, middleMs, afterMs)
    : gapBetween(clock, beforeMs, middleMs);
};

const offsetMs = (clock: WallClock, instantMs: number): number => clock.wallMsAt(new Date(instantMs)) - instantMs;
