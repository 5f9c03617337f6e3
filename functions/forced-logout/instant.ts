import * as v from 'valibot';

/** `Date.parse` takes 30 February for 2 March. */
const isRealInstant = (text: string): boolean => {
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(Date.parse(text)) && !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
};

/** An ISO 8601 instant with its offset. */
export const instant = v.pipe(
  v.string('must be an instant'),
  v.regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/,
    'must be an ISO 8601 instant with its offset, such as 2026-11-30T17:00:00Z',
  ),
  v.check(isRealInstant, 'must be a date that exists'),
);
