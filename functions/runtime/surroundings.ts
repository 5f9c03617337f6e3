import { writeSync } from 'node:fs';
import type { Variables } from './environment.ts';

/** What the process gives a function: its environment, and where its lines go. */
export type Surroundings = {
  readonly variables: Variables;
  /** Takes one whole line. */
  readonly write: (line: string) => void;
};

const stdout = 1;

/** Whether stdout did not take a whole line at once: it was full, and does not wait for its reader. */
let isStreaming = false;

/**
 * Straight to stdout, so that the line is out before anybody is answered: `console` would prefix it under one log format and
 * wrap it under the other, and Node's stream takes a millisecond to make, and may keep the line for later. Where it must, the
 * stream takes this line and all that follow, in their order.
 */
const write = (line: string): void => {
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

export const processSurroundings: Surroundings = { variables: process.env, write };
