export type Level = 'INFO' | 'WARN' | 'ERROR';

/** One fact as one JSON line, the same under Lambda's text and JSON log formats. */
export type Log = (level: Level, message: string, fields: object) => void;

/** @param write takes one whole line */
export const createLog =
  (write: (line: string) => void): Log =>
  (level, message, fields) =>
    write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields })}\n`);

/** Straight to stdout: `console` would prefix the line under one log format and wrap it under the other. */
export const log = createLog((line) => process.stdout.write(line));
