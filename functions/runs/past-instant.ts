/** How late a new request may be for the instant that it names, in milliseconds: clocks differ, and a request takes its time. */
const latestPastMs = 5 * 60 * 1_000;

const minuteMs = 60_000;

const hoursAndMinutes = (ms: number): string => {
  const minutes = Math.floor(ms / minuteMs);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/**
 * Why a run with these instants must not be started now; one that was started in time stays as it is. A wrong date would
 * log people out at once, or nobody at all.
 */
export const pastInstant = (
  { at, expiresAt }: { readonly at?: string; readonly expiresAt?: string },
  now: Date,
): { readonly field: 'at' | 'expiresAt'; readonly rule: string } | undefined => {
  const ageOf = (instant: string | undefined): number => now.getTime() - Date.parse(instant ?? now.toISOString());
  if (ageOf(at) > latestPastMs)
    return {
      field: 'at',
      rule: `is ${hoursAndMinutes(ageOf(at))} ago, and the run would log people out at once: leave it out to do so`,
    };
  if (ageOf(expiresAt) > 0)
    return { field: 'expiresAt', rule: `is ${hoursAndMinutes(ageOf(expiresAt))} ago: the run would log nobody out` };
  return undefined;
};
