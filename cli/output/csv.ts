/**
 * Where a cell begins for a spreadsheet: at its start, and after what another language's settings take for a separator or a
 * new line. There a sign of a formula gets an apostrophe in front (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const formula = /(^|[;\t|\r\n])(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])|^(?=[\t\r])/g;

const disarm = (cell: string): string => cell.replace(formula, "$1'");

/** Quoted is also what separates cells in other languages, so that each program finds the same cells. */
const quote = (cell: string): string => (/[",;\t|\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** One record of a CSV file (RFC 4180), without its line break. */
export const formatCsvRow = (cells: readonly string[]): string => cells.map((cell) => quote(disarm(cell))).join(',');
