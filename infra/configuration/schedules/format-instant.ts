import { createWallClock } from './wall-clock.ts';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** An instant on the wall clock of a zone, to the minute, e.g. `Sun 2026-10-25 02:30`. */
export const formatInstant = (instant: Date, timeZone: string): string => {
  const wallTime = new Date(createWallClock(timeZone).wallMsAt(instant));
  return `${weekdays[wallTime.getUTCDay()]} ${wallTime.toISOString().slice(0, 16).replace('T', ' ')}`;
};
