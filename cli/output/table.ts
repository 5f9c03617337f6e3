import { once } from 'node:events';
import type { Session } from '../session.ts';
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

const linesAtOnce = 100;

/**
 * Prints lines, however many there are: a hundred at once, and no more than the reader takes. What a slow reader has not taken
 * would be kept in memory.
 */
export const printLines = async <Item>(
  { terminal: { stdout } }: Session,
  items: Iterable<Item>,
  lineOf: (item: Item) => string,
  lineBreak = '\n',
): Promise<void> => {
  let block: string[] = [];
  const write = async () => {
    const isTaken = stdout.write(`${block.join(lineBreak)}${lineBreak}`);
    block = [];
    if (!isTaken) await once(stdout, 'drain');
  };
  for (const item of items) {
    block.push(lineOf(item));
    if (block.length === linesAtOnce) await write();
  }
  if (block.length > 0) await write();
};
