import { once } from 'node:events';
import type { Session } from '../session.ts';

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
