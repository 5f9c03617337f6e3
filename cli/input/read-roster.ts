import { UsageError } from '../errors.ts';
import { parseCsv, readTable, separatorNames } from './csv.ts';

/** Everybody who belongs to the company, and how the file was read. */
export type Roster = {
  readonly identities: readonly string[];
  /** For messages, e.g. `the column email, separator: comma`. */
  readonly readAs: string;
};

const isIdentity = (text: string | undefined): boolean => text?.includes('@') === true;

/** A list without a head: one identity per line. */
const readPlainList = (text: string): Roster | undefined => {
  const parsed = parseCsv(text);
  const isPlain = parsed.kind === 'rows' && parsed.rows.every(({ cells }) => cells.length === 1);
  if (!isPlain || !isIdentity(parsed.rows[0]?.cells[0])) return undefined;
  return { identities: parsed.rows.map(({ cells: [cell = ''] }) => cell.trim()), readAs: 'a list without a head' };
};

const readColumns = (name: string, text: string, wanted: readonly string[] | undefined): Roster => {
  const { columns, rows, separator } = readTable(name, text);
  const used = wanted ?? (columns.length === 1 ? columns : columns.filter((column) => /^e-?mail$/i.test(column)));
  const unknown = used.find((column) => !columns.includes(column));
  if (unknown !== undefined) throw new UsageError(`${name} has no column ${unknown}. It has: ${columns.join(', ')}.`);
  if (used.length === 0)
    throw new UsageError(`Say with --column which columns of ${name} hold the owners: ${columns.join(', ')}.`);
  return {
    identities: rows.flatMap(({ values }) => used.flatMap((column) => (values[column] ?? '').split(/\s+/))),
    readAs: `${used.length === 1 ? 'the column' : 'the columns'} ${used.join(', ')}, separator: ${separatorNames[separator]}`,
  };
};

/**
 * Reads the identities of everybody who belongs to the company: a list, or a CSV file and the columns that hold them.
 *
 * @param name of the file, for errors
 * @throws UsageError if it is not clear where the identities are, or there are none
 */
export const readRoster = (name: string, text: string, wanted: readonly string[] | undefined): Roster => {
  const roster = (wanted === undefined ? readPlainList(text) : undefined) ?? readColumns(name, text, wanted);
  const identities = roster.identities.filter((identity) => identity !== '');
  if (identities.length === 0)
    throw new UsageError(
      `${name} contains no identity (read as ${roster.readAs}), so every owner would look like a leaver.`,
    );
  return { ...roster, identities };
};
