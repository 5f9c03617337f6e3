import { UsageError } from '../errors.ts';
import { parseCsv } from './parse-csv.ts';
import { readTable } from './read-table.ts';

const isIdentity = (text: string | undefined): boolean => text?.includes('@') === true;

/** A list without a head: one identity per line. */
const readPlainList = (text: string): readonly string[] | undefined => {
  const parsed = parseCsv(text);
  const isPlain = parsed.kind === 'rows' && parsed.rows.every(({ cells }) => cells.length === 1);
  if (!isPlain || !isIdentity(parsed.rows[0]?.cells[0])) return undefined;
  return parsed.rows.map(({ cells: [cell = ''] }) => cell.trim());
};

/**
 * Reads the identities of everybody who belongs to the company: a list, or a CSV file and the columns that hold them.
 *
 * @param name of the file, for errors
 * @throws UsageError if it is not clear where the identities are, or there are none
 */
export const readRoster = (name: string, text: string, wanted: readonly string[] | undefined): readonly string[] => {
  const identities = (wanted === undefined ? readPlainList(text) : undefined) ?? readColumns(name, text, wanted);
  const known = identities.filter((identity) => identity !== '');
  if (known.length === 0)
    throw new UsageError(`${name} contains no identity, so every owner would look like a leaver.`);
  return known;
};

const readColumns = (name: string, text: string, wanted: readonly string[] | undefined): readonly string[] => {
  const { columns, rows } = readTable(name, text);
  const used = wanted ?? (columns.length === 1 ? columns : columns.filter((column) => /^e-?mail$/i.test(column)));
  const unknown = used.find((column) => !columns.includes(column));
  if (unknown !== undefined) throw new UsageError(`${name} has no column ${unknown}. It has: ${columns.join(', ')}.`);
  if (used.length === 0)
    throw new UsageError(`Say with --column which columns of ${name} hold the owners: ${columns.join(', ')}.`);
  return rows.flatMap(({ values }) => used.flatMap((column) => (values[column] ?? '').split(/\s+/)));
};
