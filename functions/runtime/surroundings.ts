import type { Variables } from './environment.ts';

/** What the process gives a function: its environment, and where its lines go. */
export type Surroundings = {
  readonly variables: Variables;
  /** Takes one whole line. */
  readonly write: (line: string) => void;
};

export const processSurroundings: Surroundings = {
  variables: process.env,
  // Straight to stdout: `console` would prefix the line under one log format and wrap it under the other.
  write: (line) => process.stdout.write(line),
};
