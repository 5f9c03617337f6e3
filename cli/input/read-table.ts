import { UsageError } from '../errors.ts';
import { parseCsv, type Separator, separatorNames } from './parse-csv.ts';

export type TableRow = { readonly line: number; readonly values: Readonly<Record<string, string>> };

export type Table = {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  readonly separator: Separator;
};

/**
 * Reads a CSV file whose first line names its columns. Cells are trimmed.
 *
 * @param name of the file, for errors; no cell is ever quoted, since it may be a token
 * @throws UsageError naming the line
 */
export const readTable = (name: string, text: string): Table => {
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
