/** Prints figures as a small table, without the text that jest adds to console output. */
export const printFigures = (title: string, rows: readonly Readonly<Record<string, string | number>>[]): void => {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => columns.map((column) => row[column]))];
  process.stdout.write(`\n${title}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n`);
};

export const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
