// Control characters and invisible format characters: a tag or a reason must not move the cursor or hide text.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of others, made safe for a terminal: on one line, with invisible characters written as escapes. */
export const printable = (text: string): string =>
  text.replace(invisible, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** JSON on one line that is safe for a terminal, and the same value: invisible characters are written as JSON escapes. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(invisible, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );

/** A word of a command line that is printed for a shell: nothing in it is expanded. */
export const quote = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Where a cell begins for a spreadsheet: at its start, and after what another language's settings take for a separator or a
 * new line. There a sign of a formula gets an apostrophe in front (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const formula = /(^|[;\t|\r\n])(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])|^(?=[\t\r])/g;

const disarm = (cell: string): string => cell.replace(formula, "$1'");

/** Quoted is also what separates cells in other languages, so that each program finds the same cells. */
const quoteCell = (cell: string): string => (/[",;\t|\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** One record of a CSV file (RFC 4180), without its line break. */
export const formatCsvRow = (cells: readonly string[]): string =>
  cells.map((cell) => quoteCell(disarm(cell))).join(',');

/** The first of many texts, and how many more there are. */
export const someOf = (texts: readonly string[], most: number, separator = ', '): string => {
  const more = texts.length - most;
  return `${texts.slice(0, most).join(separator)}${more > 0 ? ` and ${more} more` : ''}`;
};
