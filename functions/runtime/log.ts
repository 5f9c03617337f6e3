/** One fact as one JSON line, the same under Lambda's text and JSON log formats. */
export type Log = (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: object) => void;

/** Nearly every line: one look says so. */
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** What could break a line apart, or show it as another: JSON lets these through as they are. */
const unseen = /[\u007f-\u009f\u2028\u2029\p{Cf}]/gu;

const escapeUnseen = (text: string): string =>
  isPlain(text)
    ? text
    : text.replace(unseen, (character) =>
        Array.from(character.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
      );

/** @param write takes one whole line */
export const createLog =
  (write: (line: string) => void): Log =>
  (level, message, fields) =>
    write(`${escapeUnseen(JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields }))}\n`);
