import { writeSync } from 'node:fs';

/** Writes one fact as one JSON line, the same under Lambda's text and JSON log formats. */
export type Log = (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: object) => void;

/** True for nearly every text, and quickly checked. */
export const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/**
 * Characters that could break a line or disguise it, and that JSON does not escape. It is no literal, because V8 looks up the
 * Unicode properties of a literal when it reads the file: 0.3 ms of each cold start, used or not.
 */
const unseen = '[\\u007f-\\u009f\\u2028\\u2029\\p{Cf}]';

const escapeUnseen = (text: string): string =>
  isPlain(text)
    ? text
    : text.replace(new RegExp(unseen, 'gu'), (character) =>
        Array.from(character.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
      );

/** Takes one whole line. */
export type Write = (line: string) => void;

export const createLog =
  (write: Write): Log =>
  (level, message, fields) =>
    write(`${escapeUnseen(JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields }))}\n`);

const stdout = 1;

/** Set once stdout did not take a whole line: the pipe was full and does not block. */
let isStreaming = false;

/**
 * Writes straight to stdout, so that the line is out before the caller gets an answer. `console` would prefix the line under one
 * log format and wrap it under the other. Node's stream takes a millisecond to create and may delay the line, so it is used
 * only after a write was incomplete, and then for all later lines, in their order.
 */
export const writeLine = (line: string): void => {
  let written = 0;
  try {
    if (!isStreaming) written = writeSync(stdout, line);
  } catch {
    // Nothing was written. The stream below reports why.
  }
  if (written === Buffer.byteLength(line)) return;
  isStreaming = true;
  process.stdout.write(Buffer.from(line).subarray(written));
};
