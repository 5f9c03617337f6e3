import { Cron } from 'croner';

/**
 * The wall times a cron pattern names after one, in order; none after the year 2199. croner reads the pattern in UTC, where no clock changes:
 * its own rules for clock changes are not EventBridge Scheduler's.
 */
export const wallTimesOf = (pattern: string, afterWallMs: number): Iterable<Date> =>
  new Cron(`0 ${pattern}`, {
    timezone: 'UTC',
    mode: '7-part',
    alternativeWeekdays: true,
    domAndDow: true,
  }).enumerate(new Date(afterWallMs));
