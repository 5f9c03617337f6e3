/** What a spreadsheet makes of a long number, e.g. `1.101E+09`: its digits are lost. No token looks like this. */
const scientific = /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d{1,3}$/i;

/** Says so of a text that is to be an id, without the full stop; `undefined` for any other text. */
export const shortenedBySpreadsheet = (text: string): string | undefined =>
  scientific.test(text)
    ? `idInstance is ${text}: a spreadsheet has shortened the id, and its digits are lost. Format the column as text there, and enter the id again`
    : undefined;
