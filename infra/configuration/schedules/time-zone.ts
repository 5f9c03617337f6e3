import * as v from 'valibot';
import { likeness } from '../likeness.ts';

/**
 * Whether this is the name of a zone in IANA's database, with its exact spelling; `+02:00` is none.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-zones
 */
export const isTimeZone = (name: string): boolean => {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions();
    // Intl ignores case, and AWS may not. An alias such as Asia/Kolkata resolves to another name, so its case cannot be checked.
    return /^[A-Z]/.test(name) && (timeZone === name || timeZone.toLowerCase() !== name.toLowerCase());
  } catch {
    return false;
  }
};

/** The known zone whose name looks most like this one, for the error about a typo; `undefined` when none comes close. */
export const similarTimeZone = (name: string): string | undefined => {
  const ranked = [...Intl.supportedValuesOf('timeZone'), 'UTC']
    .map((zone) => ({ zone, likeness: likeness(zone, name) }))
    .sort((one, other) => other.likeness - one.likeness);
  const best = ranked[0];
  return best && best.likeness > 0.5 ? best.zone : undefined;
};

const allowedZone = 'must be the name of a time zone as in the IANA database';
/** The name of a time zone, as a setting. */
export const timeZone = v.pipe(
  v.string(allowedZone),
  v.check(isTimeZone, ({ input }) => {
    const similar = similarTimeZone(input);
    return similar === undefined ? allowedZone : `${allowedZone}; did you mean ${similar}?`;
  }),
);
