import { writeSync } from 'node:fs';

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

/** Takes one whole line. */
export type Write = (line: string) => void;

export const createLog =
  (write: Write): Log =>
  (level, message, fields) =>
    write(`${escapeUnseen(JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields }))}\n`);

const stdout = 1;

/** Whether stdout did not take a whole line at once: it was full, and does not wait for its reader. */
let isStreaming = false;

/**
 * Straight to stdout, so that the line is out before anybody is answered: `console` would prefix it under one log format and
 * wrap it under the other, and Node's stream takes a millisecond to make, and may keep the line for later. Where it must, the
 * stream takes this line and all that follow, in their order.
 */
export const writeLine = (line: string): void => {
  let written = 0;
  try {
    if (!isStreaming) written = writeSync(stdout, line);
  } catch {
    // Nothing was written: the stream finds out why.
  }
  if (written === Buffer.byteLength(line)) return;
  isStreaming = true;
  process.stdout.write(Buffer.from(line).subarray(written));
};
