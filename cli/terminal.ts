import type { ReadStream, WriteStream } from 'node:tty';

/** What the process gives a command: nothing else reads `process`. */
export type Terminal = {
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>;
  readonly stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;
  readonly stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Calls `stop` at the first Ctrl-C, instead of ending the process; dispose to undo. */
  readonly onInterrupt: (stop: () => void) => Disposable;
};

/** Whether prompts are possible: both input and error output are a terminal. */
export const isInteractive = ({ stdin, stderr }: Terminal): boolean => stdin.isTTY === true && stderr.isTTY === true;
