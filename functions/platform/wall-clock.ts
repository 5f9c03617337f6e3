const dayMs = 24 * 60 * 60_000;

/**
 * The clock on a wall in one time zone. Wall times are the milliseconds since 1970 that the same date and time would be in UTC.
 *
 * @throws RangeError when the zone is unknown; see `isTimeZone`
 */
export const createWallClock = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const offsetMsAt = (instantMs: number): number => {
    const name = format.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const { sign, hours, minutes } = /GMT(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d)/.exec(name)?.groups ?? {};
    const offsetMs = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
    return sign === '-' ? -offsetMs : offsetMs;
  };
  return {
    wallMsAt: (instant: Date): number => instant.getTime() + offsetMsAt(instant.getTime()),
    /** The instant the clock first shows this; `undefined` when clocks going forward jump over it. */
    instantOf: (wallMs: number): Date | undefined => {
      // A day to either side, so that both offsets are there if the clocks change in between.
      const candidates = [wallMs - dayMs, wallMs + dayMs].map((nearbyMs) => wallMs - offsetMsAt(nearbyMs));
      const instants = candidates.filter((instantMs) => instantMs + offsetMsAt(instantMs) === wallMs);
      return instants.length === 0 ? undefined : new Date(Math.min(...instants));
    },
  };
};

export type WallClock = ReturnType<typeof createWallClock>;

/** Whether this is a date without a time. */
export const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

/** Whether the calendar has this date. `Date.parse` reads 30 February as 2 March. */
export const isRealDate = (date: string): boolean => {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
};

/** The instant at which a date such as `2026-11-30` begins: at midnight, or later if clocks going forward jump over it. */
export const startOfDay = (date: string, timeZone: string): Date => {
  const clock = createWallClock(timeZone);
  const midnight = new Date(`${date}T00:00:00Z`).getTime();
  const before = new Date(midnight - dayMs);
  return clock.instantOf(midnight) ?? new Date(midnight - (clock.wallMsAt(before) - before.getTime()));
};

/** The instant at which a date ends and the next one begins. */
export const endOfDay = (date: string, timeZone: string): Date => {
  const next = new Date(Date.parse(`${date}T00:00:00Z`) + dayMs);
  return startOfDay(next.toISOString().slice(0, 10), timeZone);
};
