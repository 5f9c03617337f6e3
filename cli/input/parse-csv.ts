export type ParsedCsv =
  | { readonly kind: 'rows'; readonly rows: readonly CsvRow[] }
  | { readonly kind: 'malformed'; readonly line: number; readonly problem: string };

export type CsvRow = {
  /** Where the record begins, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
};

// A quoted cell, or one without quotes, then what ends it. Sticky: each match begins where the last one ended.
const cellPattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

const linesIn = (text: string): number => text.split(/\r\n|\n|\r/).length - 1;

/** Reads a CSV file (RFC 4180; any line break; an optional byte order mark). Empty lines are left out. */
export const parseCsv = (file: string): ParsedCsv => {
  const text = file.replace(/^\uFEFF/, '');
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let begin = 1;
  let line = 1;
  for (let at = 0; at <= text.length; ) {
    cellPattern.lastIndex = at;
    const match = cellPattern.exec(text);
    if (!match)
      return { kind: 'malformed', line, problem: 'a quotation mark is not closed, or is inside a cell without quotes' };
    const [all, quoted, plain = '', end = ''] = match;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += linesIn(all);
    at += all.length;
    if (end === ',') continue;
    if (cells.length > 1 || cells[0] !== '' || quoted !== undefined) rows.push({ line: begin, cells });
    cells = [];
    begin = line;
    if (end === '') break;
  }
  return { kind: 'rows', rows };
};
