import type { WallClock } from '../../../functions/platform/wall-clock.ts';

const dayMs = 24 * 60 * 60_000;

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
