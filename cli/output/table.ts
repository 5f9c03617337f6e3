import { printable } from './printable.ts';

const none = '';
const noBorders = {
  ...{ top: none, 'top-mid': none, 'top-left': none, 'top-right': none },
  ...{ bottom: none, 'bottom-mid': none, 'bottom-left': none, 'bottom-right': none },
  ...{ left: none, 'left-mid': none, mid: none, 'mid-mid': none, right: none, 'right-mid': none, middle: '  ' },
};

/** Aligned columns without borders or colour, so that they can be read, copied and searched. */
export const formatTable = async (
  head: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): Promise<string> => {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    head: [...head],
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map((cell) => printable(cell ?? ''))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};
