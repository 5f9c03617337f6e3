#!/usr/bin/env node
import dns from 'node:dns';
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import type { Terminal } from './session.ts';

/** The exit codes of the command line: scripts rely on them. */
const exitCodes = {
  /** Done, and confirmed where there is something to confirm. */
  done: 0,
  /** Not confirmed, not found, refused or failed. */
  failed: 1,
  /** The command line or the input is wrong, and nothing was done. */
  usage: 2,
} as const;

const { lookup } = dns;

/**
 * Names below `localhost` are this machine, which not every resolver knows: https://www.rfc-editor.org/rfc/rfc6761#section-6.3.
 * Emulators of AWS give their APIs such names.
 */
dns.lookup = Object.assign(
  (hostname: string, ...rest: unknown[]) =>
    Reflect.apply(lookup, dns, [hostname.endsWith('.localhost') ? 'localhost' : hostname, ...rest]),
  lookup,
) as typeof lookup;

// The AWS SDK would warn on every call that it will want a newer Node one day.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

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

/** What kept results from being written. */
let outputError: NodeJS.ErrnoException | undefined;

// The command goes on, because it may be logging somebody out.
process.stdout.on('error', (error) => {
  outputError = error;
});
process.stderr.on('error', () => {});

const exitCodeOf = (error: unknown): number => {
  // Commander has already printed the error or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error === outputError) return exitCodes.done;
  if (!(error instanceof Error)) return exitCodes.failed;
  const isExpected = ['UsageError', 'CommandFailed', 'Interrupted'].includes(error.name);
  const text = isExpected ? error.message : `Unexpected error: ${error.stack ?? error.name}`;
  if (text !== '') process.stderr.write(`${text}\n`);
  return error.name === 'UsageError' ? exitCodes.usage : exitCodes.failed;
};

let code: number = exitCodes.done;
const program = createProgram(terminal, (isDone) => {
  code = isDone ? exitCodes.done : exitCodes.failed;
});
const ended = program.parseAsync();
// At the end of input (Ctrl-D) a question is never answered: the process ends here, without a result.
process.exitCode = exitCodes.failed;
await ended.catch((error: unknown) => {
  code = exitCodeOf(error);
});

const exit = (): void => {
  const { code: why = 'unknown error' } = outputError ?? {};
  // A reader such as `head` may close the pipe early: that is no error, but a full disk is one.
  const isLost = outputError !== undefined && why !== 'EPIPE';
  if (isLost) process.stderr.write(`The results could not be written (${why}).\n`);
  // A request that is still open, for example after Ctrl-C, must not keep the process alive.
  process.exit(isLost ? exitCodes.failed : code);
};
// The event of an error comes after the callback.
process.stdout.write('', () => setImmediate(exit));
