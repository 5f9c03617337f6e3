import type { Variables } from './environment.ts';

/** What the process gives a function: its environment, and where its lines go. */
export type Surroundings = {
  readonly variables: Variables;
  /** Takes one whole line. */
  readonly write: (line: string) => void;
};

// Node makes the stream when it is first asked for: during init, so that no call waits for it.
const { stdout } = process;

export const processSurroundings: Surroundings = {
  variables: process.env,
  // Straight to stdout: `console` would prefix the line under one log format and wrap it under the other.
  write: (line) => stdout.write(line),
};
