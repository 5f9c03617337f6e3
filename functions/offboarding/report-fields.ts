import * as v from 'valibot';
import { instant } from '../runs/request.ts';
import { word } from './dialect.ts';

// The forms in which HR systems write the fields of a report.

const datePattern = /^\d{4}-\d\d-\d\d$/;

/** Whether this is a date without a time. */
export const isDate = (text: string): boolean => datePattern.test(text);

const isRealDate = (date: string): boolean => {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
};

/** ISO 8601 allows an offset without colon, and without minutes: `+0000`, `+00`. */
const withColon = (text: string): string =>
  text.replace(/(T[\d:.]+[+-]\d\d)(?::?(\d\d))?$/, (_, start, minutes = '00') => `${start}:${minutes}`);

/** An instant with its offset, or a date, whose time zone the configuration has. */
export const instantOrDate = v.lazy((value) =>
  typeof value === 'string' && isDate(value)
    ? v.pipe(v.string(), v.check(isRealDate, 'must be a date that exists'))
    : v.pipe(v.string('must be an instant'), v.transform(withColon), instant),
);

const wordRule = 'must be a text, or a whole number of at most 15 digits';

/** An id or identity: a text, or a number, which stands for its digits. JSON's numbers with more digits are not exact. */
export const wordOrNumber = v.pipe(
  v.union(
    [v.string(), v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999_999_999_999_999), v.transform(String))],
    wordRule,
  ),
  word,
);
