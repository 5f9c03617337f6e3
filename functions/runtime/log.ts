/** One fact as one JSON line, the same under Lambda's text and JSON log formats. */
export type Log = (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: object) => void;

/** @param write takes one whole line */
export const createLog =
  (write: (line: string) => void): Log =>
  (level, message, fields) =>
    write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields })}\n`);
