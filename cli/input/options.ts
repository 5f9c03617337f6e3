import { InvalidArgumentError } from 'commander';
import { type InstanceId, instanceIdRule, parseInstanceId } from '../../functions/green-api/instance-id.ts';
import { isRealDate } from '../../functions/platform/wall-clock.ts';
import { parseWholeNumber } from '../../functions/platform/whole-number.ts';
import { UsageError } from '../errors.ts';

/** For options that may be repeated, or take several values separated by commas. */
export const collect = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== ''),
];

/** @param rule what the number must be, e.g. `from 1` */
export const wholeNumber =
  (rule: string, least: number, most: number) =>
  (text: string): number => {
    const number = parseWholeNumber(text, least, most);
    if (number === undefined) throw new InvalidArgumentError(`It must be a whole number ${rule}.`);
    return number;
  };

export const parseCount = wholeNumber('from 1', 1, 999_999);

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Reads a time span such as `30m`, `24h`, `7d` or `2w`, in milliseconds; `undefined` if it is none. */
export const parseSpan = (text: string): number | undefined => {
  const [, digits = '', unit] = /^(.+)([mhdw])$/.exec(text) ?? [];
  const count = parseWholeNumber(digits, 0, 99_999);
  return count === undefined ? undefined : count * units[unit as keyof typeof units];
};

/**
 * Reads the option `--since`: `30m`, `24h`, `7d`, `2w` (so long before `now`) or an ISO 8601 date or instant.
 *
 * @throws UsageError
 */
export const parseSince = (text: string, now: Date): Date => {
  const span = parseSpan(text);
  if (span !== undefined) return new Date(now.getTime() - span);
  const [, date] = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.+)?$/.exec(text) ?? [];
  const instant = new Date(text);
  if (date === undefined || !isRealDate(date) || Number.isNaN(instant.getTime()))
    throw new UsageError('--since must be a time span such as 30m, 24h or 7d, or a date such as 2026-11-01.');
  return instant;
};

/** What a spreadsheet makes of a long number, e.g. `1.101E+09`: its digits are lost. No token looks like this. */
const scientific = /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d{1,3}$/i;

/** Says so of a text that is to be an id, without the full stop; `undefined` for any other text. */
export const shortenedBySpreadsheet = (text: string): string | undefined =>
  scientific.test(text)
    ? `idInstance is ${text}: a spreadsheet has shortened the id, and its digits are lost. Format the column as text there, and enter the id again`
    : undefined;

/** Each id once. @throws UsageError without the text that is wrong: it may be a token in the wrong place */
const parseInstanceIds = (texts: readonly string[]): readonly InstanceId[] => {
  const ids = texts
    .flatMap((text) => collect(text))
    .map((text, index) => {
      const id = parseInstanceId(text);
      if (id === undefined) throw new UsageError(`Instance ${index + 1} is not an idInstance: it ${instanceIdRule}.`);
      return id;
    });
  return [...new Set(ids)];
};

/** @throws UsageError as {@link parseInstanceIds} does, and for none: a variable of a script may be empty */
export const readInstanceIds = (texts: readonly string[]): readonly InstanceId[] => {
  const ids = parseInstanceIds(texts);
  if (ids.length === 0) throw new UsageError(`No idInstance is given: it ${instanceIdRule}.`);
  return ids;
};

/** What `--instance` names. @throws UsageError for none, for several, or for what is no id */
export const readInstanceId = (text: string): InstanceId => {
  const [id, another] = parseInstanceIds([text]);
  if (id === undefined || another !== undefined)
    throw new UsageError(`--instance takes one idInstance: it ${instanceIdRule}.`);
  return id;
};
