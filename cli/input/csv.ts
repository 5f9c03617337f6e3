import { CsvError, parse } from 'csv-parse/sync';
import { UsageError } from '../errors.ts';

type ParsedCsv =
  | { readonly kind: 'rows'; readonly rows: readonly CsvRow[]; readonly separator: Separator }
  | { readonly kind: 'malformed'; readonly line: number; readonly problem: string };

type CsvRow = {
  /** Where the record begins, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
};

/** What may stand between two cells, and how a message names it. A spreadsheet writes what its language settings say. */
export const separatorNames = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' } as const;

type Separator = keyof typeof separatorNames;

const separators = Object.keys(separatorNames) as readonly Separator[];

/** Spreadsheets understand, and some write, a first line that names the separator. */
const separatorLine = /^sep=([,;\t|])\n/i;

const isEmptyLine = (cells: readonly string[]): boolean => cells.length === 1 && cells[0] === '';

const parseWith = (text: string, separator: Separator, firstLine: number): ParsedCsv => {
  const rows: CsvRow[] = [];
  let line = firstLine;
  try {
    parse(text, {
      delimiter: separator,
      relax_column_count: true,
      record_delimiter: '\n',
      on_record: (cells: string[], { lines }) => {
        if (!isEmptyLine(cells)) rows.push({ line, cells });
        line = firstLine + lines;
      },
    });
    return { kind: 'rows', rows, separator };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The library's own message quotes the cell, which may be a token.
    return { kind: 'malformed', line, problem: 'a quotation mark is not closed, or is inside a cell without quotes' };
  }
};

/** How well a separator explains a file: every row has as many cells as the first one, and the more cells the better. */
const fitOf = (parsed: ParsedCsv): number => {
  if (parsed.kind === 'malformed') return -1;
  const cells = parsed.rows[0]?.cells.length ?? 1;
  const isEven = parsed.rows.every((row) => row.cells.length === cells);
  return cells === 1 ? 0 : cells + (isEven ? 1_000 : 0);
};

/** Reads a CSV file (RFC 4180; any line break; commas, semicolons, tabs or vertical bars). Empty lines are left out. */
export const parseCsv = (file: string): ParsedCsv => {
  // One kind of line break: the library counts `\r\n` inside quotes as two lines.
  const text = file.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const named = separatorLine.exec(text);
  if (named !== null) return parseWith(text.slice(named[0].length), named[1] as Separator, 2);
  const [best] = separators.map((separator) => parseWith(text, separator, 1)).toSorted((a, b) => fitOf(b) - fitOf(a));
  return best as ParsedCsv;
};

/** The lines of a file with one cell each, if the first one is no head. */
export const readPlainList = (text: string, isHead: (cell: string) => boolean): readonly string[] | undefined => {
  const parsed = parseCsv(text);
  if (parsed.kind === 'malformed' || parsed.rows.some(({ cells }) => cells.length > 1)) return undefined;
  const lines = parsed.rows.map(({ cells: [cell = ''] }) => cell.trim());
  return isHead(lines[0] ?? '') ? undefined : lines;
};

export type TableRow = { readonly line: number; readonly values: Readonly<Record<string, string>> };

/**
 * Reads a CSV file whose first line names its columns. Cells are trimmed.
 *
 * @param name of the file, for errors; no cell is ever quoted, since it may be a token
 * @throws UsageError naming the line
 */
export const readTable = (name: string, text: string) => {
  const parsed = parseCsv(text);
  if (parsed.kind === 'malformed') throw new UsageError(`${name}, line ${parsed.line}: ${parsed.problem}.`);
  const [head, ...records] = parsed.rows;
  if (head === undefined) throw new UsageError(`${name} is empty. Its first line must name the columns.`);

  const columns = head.cells.map((cell) => cell.trim());
  const rows = records.map(({ line, cells }) => {
    if (cells.length !== columns.length)
      throw new UsageError(
        `${name}, line ${line}: there are ${cells.length} cells for ${columns.length} columns (separator: ${separatorNames[parsed.separator]}).`,
      );
    return { line, values: Object.fromEntries(columns.map((column, index) => [column, cells[index]?.trim() ?? ''])) };
  });
  return { columns, rows, separator: parsed.separator };
};

/** @throws UsageError naming a wanted column that is not there */
export const checkColumns = (name: string, columns: readonly string[], wanted: readonly string[]): void => {
  const unknown = wanted.find((column) => !columns.includes(column));
  if (unknown !== undefined) throw new UsageError(`${name} has no column ${unknown}. It has: ${columns.join(', ')}.`);
};
