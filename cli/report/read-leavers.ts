import { parseOwner } from '../../functions/instances/identity.ts';
import { createWallClock, endOfDay, isRealDate, startOfDay } from '../../functions/platform/wall-clock.ts';
import { UsageError } from '../errors.ts';
import { checkColumns, readTable, type TableRow } from '../input/csv.ts';
import type { Leaver } from './judge.ts';

export type LeaverOptions = {
  /** Columns that hold identities. @default those with a usual name */
  readonly identities?: readonly string[] | undefined;
  /** The column that holds the time of leaving. @default the one with a usual name, or the only other one */
  readonly left?: string | undefined;
  /** Of dates, and of times without an offset. */
  readonly timeZone: string;
  /** How long before the leaving a logout counts too. */
  readonly earlyMs: number;
};

const identityNames = /^(?:e-?mail(?: ?address)?|identity|identities|owner|user(?: ?name)?|login|upn)$/i;
const leftNames =
  /^(?:left|left[ _-]?(?:at|on)|leaving|leaving[ _-]?(?:date|day|time)|date[ _-]?of[ _-]?leaving|leaver[ _-]?date|terminat(?:ed|ion)(?:[ _-]?(?:at|on|date))?|end[ _-]?date|last[ _-]?day|occurredAt|date)$/i;

const chooseColumns = (name: string, columns: readonly string[], { identities, left }: LeaverOptions) => {
  checkColumns(name, columns, [...(identities ?? []), ...(left === undefined ? [] : [left])]);
  const who = identities ?? columns.filter((column) => identityNames.test(column));
  if (who.length === 0)
    throw new UsageError(
      `Name the columns that hold the identities with --column. ${name} has: ${columns.join(', ')}.`,
    );
  const others = columns.filter((column) => !who.includes(column));
  const usual = others.filter((column) => leftNames.test(column));
  const when = left === undefined ? (usual.length === 0 ? others : usual) : [left];
  if (when.length !== 1)
    throw new UsageError(
      `Name the column that holds the time of leaving with --left-column. ${name} has: ${columns.join(', ')}.`,
    );
  return { who, when: when[0] ?? '' };
};

type Leaving = Pick<Leaver, 'countsFrom' | 'leftAt'>;

/** The same text is read once: many leavers share a date, and each reading of a time zone costs some memory. */
const createParseLeaving = (timeZone: string) => {
  const known = new Map<string, Leaving | undefined>();
  return (text: string): Leaving | undefined => {
    if (!known.has(text)) known.set(text, parseLeaving(text, timeZone));
    return known.get(text);
  };
};

/** `2026-11-30`, `2026-11-30T17:00:00+01:00`, or `2026-11-30 17:00` by the clock of the zone; `undefined`: none of them. */
const parseLeaving = (text: string, timeZone: string): Leaving | undefined => {
  const { date, time, offset } =
    /^(?<date>\d{4}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?<offset>Z|[+-]\d\d:?\d\d)?)?$/i.exec(
      text,
    )?.groups ?? {};
  if (date === undefined || !isRealDate(date)) return undefined;
  if (time === undefined)
    return { countsFrom: startOfDay(date, timeZone).getTime(), leftAt: endOfDay(date, timeZone).getTime() };
  const instant =
    offset === undefined
      ? createWallClock(timeZone)
          .instantOf(Date.parse(`${date}T${time}Z`))
          ?.getTime()
      : Date.parse(`${date}T${time}${offset.toUpperCase().replace(/^(...)(\d\d)$/, '$1:$2')}`);
  return instant === undefined || Number.isNaN(instant) ? undefined : { countsFrom: instant, leftAt: instant };
};

const readLeaver = (
  name: string,
  { line, values }: TableRow,
  { who, when }: ReturnType<typeof chooseColumns>,
  parse: (text: string) => Leaving | undefined,
  earlyMs: number,
): Leaver => {
  const identities = who.flatMap((column) => parseOwner(values[column] ?? ''));
  if (identities.length === 0) throw new UsageError(`${name}, line ${line}: ${who.join(' and ')} must not be empty.`);
  const leaving = parse(values[when] ?? '');
  if (leaving === undefined)
    throw new UsageError(
      `${name}, line ${line}: ${when} must be a date such as 2026-11-30, or a time such as 2026-11-30T17:00:00Z or 2026-11-30 17:00.`,
    );
  return { line, identities, leftAt: leaving.leftAt, countsFrom: leaving.countsFrom - earlyMs };
};

/**
 * Reads who left, and when. A date counts from its end, and a logout counts from its beginning on.
 *
 * @param name of the file, for errors
 * @throws UsageError naming the line
 */
export const readLeavers = (name: string, text: string, options: LeaverOptions): readonly Leaver[] => {
  const { columns, rows } = readTable(name, text);
  const chosen = chooseColumns(name, columns, options);
  if (rows.length === 0) throw new UsageError(`${name} names nobody: it has a header and no further line.`);
  const parse = createParseLeaving(options.timeZone);
  return rows.map((row) => readLeaver(name, row, chosen, parse, options.earlyMs));
};
