import { printable } from './printable.ts';

const onlyAscii = /^[\x20-\x7e]*$/;

type Row = readonly (string | undefined)[];

/**
 * Aligned columns without borders or colour, so that they can be read, copied and searched: line by line, for tables that are
 * too long for one text. The time grows with the number of rows, and no faster.
 */
export const tableLines = async (head: readonly string[], rows: readonly Row[]): Promise<Generator<string>> => {
  const { default: stringWidth } = await import('string-width');
  const widthOf = (cell: string): number => (onlyAscii.test(cell) ? cell.length : stringWidth(cell));
  const widths = head.map(widthOf);
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, widthOf(printable(cell ?? '')));

  const padded = (cell: string | undefined, column: number): string => {
    const text = printable(cell ?? '');
    return text + ' '.repeat((widths[column] ?? 0) - widthOf(text));
  };
  const lineOf = (row: Row): string => row.map(padded).join('  ').trimEnd();
  return (function* () {
    yield lineOf(head);
    for (const row of rows) yield lineOf(row);
  })();
};

/** The same as one text. */
export const formatTable = async (head: readonly string[], rows: readonly Row[]): Promise<string> =>
  [...(await tableLines(head, rows))].join('\n');
