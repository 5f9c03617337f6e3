#!/usr/bin/env node
import { CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './errors.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

const terminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: () => new Date(),
  onInterrupt: (stop) => {
    process.once('SIGINT', stop);
    return { [Symbol.dispose]: () => void process.off('SIGINT', stop) };
  },
};

/** Whoever reads the output may stop reading, as `head` does. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const exitCodeOf = (error: unknown): ExitCode => {
  // Commander has already written what is wrong, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (!(error instanceof Error)) return exitCodes.failed;
  const isExpected = error.name === 'UsageError' || error.name === 'CommandFailed';
  process.stderr.write(`${isExpected ? error.message : `Unexpected error: ${error.stack ?? error.name}`}\n`);
  return error.name === 'UsageError' ? exitCodes.usage : exitCodes.failed;
};

let exitCode: ExitCode = exitCodes.done;
try {
  await createProgram(version, terminal, (code) => {
    exitCode = code;
  }).parseAsync();
} catch (error) {
  exitCode = exitCodeOf(error);
}
process.exitCode = exitCode;
