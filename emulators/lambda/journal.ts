import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCodeOf } from '../error-code.ts';
import { type ExecutionRecord, parseRecords } from './records.ts';

/** A file of the journal cannot be used; the message names it. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Takes one line about a journal that is damaged, or cannot be written at the moment. */
type Report = (line: string) => void;

/** A record that is there twice would be applied twice; only time may pass twice. */
const hasDoubledLine = (lines: readonly string[]): boolean => {
  const unique = lines.filter((line) => !line.startsWith('{"kind":"timers-fired"'));
  return new Set(unique).size < unique.length;
};

/** `undefined`: this is not the journal of an execution. */
const parseJournal = (text: string) => {
  const lines = text.split('\n').filter(Boolean);
  if (hasDoubledLine(lines)) return undefined;
  try {
    return parseRecords(lines.map((line) => JSON.parse(line)));
  } catch {
    return undefined;
  }
};

/** A last line without its end was never acknowledged: it is cut off, so that the next record begins a line. */
const readWholeLines = (path: string): string => {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end > 0 && end < bytes.length) truncateSync(path, end);
  return bytes.toString('utf8', 0, end);
};

/** A file that is not the journal of an execution is moved aside, and never emptied. */
const readFile = (path: string, report: Report) => {
  try {
    // Left by an append that could not write anything.
    if (statSync(path).size === 0) return void rmSync(path);
    const journal = parseJournal(readWholeLines(path));
    if (journal !== undefined) return journal;
    const movedTo = `${path}.damaged-${Date.now()}`;
    renameSync(path, movedTo);
    report(`${path} is damaged: its run does not go on. It is now ${movedTo}`);
    return undefined;
  } catch (cause) {
    throw new JournalError(`${path} cannot be read (${errorCodeOf(cause)})`, { cause });
  }
};

/**
 * Appends whole lines only: what a full disk left of one is cut off, at the latest before the next. A journal that cannot be written
 * is reported once, until it can be again.
 */
const createAppend = (report: Report) => {
  const torn = new Map<string, number>();
  let isFailing = false;
  const cutOff = (path: string, length: number) => {
    if (existsSync(path)) truncateSync(path, length);
    torn.delete(path);
  };
  return (path: string, text: string): void => {
    const length = torn.get(path) ?? statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    try {
      if (torn.has(path)) cutOff(path, length);
      torn.set(path, length);
      appendFileSync(path, text, { mode: 0o600 });
      torn.delete(path);
    } catch (cause) {
      try {
        cutOff(path, length);
      } catch {
        // The next append tries it again.
      }
      const error = new JournalError(`${path} cannot be written (${errorCodeOf(cause)})`, { cause });
      if (!isFailing) report(`${error.message}: runs pause, and try again`);
      isFailing = true;
      throw error;
    }
    if (isFailing) report('the journal can be written again: runs go on');
    isFailing = false;
  };
};

const heldHere = new Set<string>();

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCodeOf(error) === 'EPERM';
  }
};

/** Takes the folder for this process. A lock whose process is gone is stale. @throws {@link JournalError} */
const lock = (folder: string): (() => void) => {
  const path = join(resolve(folder), 'lock');
  const take = () => writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
  try {
    take();
  } catch (error) {
    if (errorCodeOf(error) !== 'EEXIST') throw error;
    const owner = Number(readFileSync(path, 'utf8'));
    const isHeld = owner === process.pid ? heldHere.has(path) : owner > 0 && isRunning(owner);
    if (isHeld) throw new JournalError(`${path} is held by another service (process ${owner})`);
    rmSync(path, { force: true });
    take();
  }
  heldHere.add(path);
  return () => {
    if (heldHere.delete(path)) rmSync(path, { force: true });
  };
};

/** One file of JSON lines per execution, only ever added to. @throws when the folder cannot be used, or another service has it */
export const openJournal = (folder: string, report: Report) => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lock(folder);
  const append = createAppend(report);
  return {
    /** With the operating system when it returns: a killed process loses nothing. @throws {@link JournalError}; then nothing was written */
    append: (executionId: string, record: ExecutionRecord): void =>
      append(join(folder, `${executionId}.jsonl`), `${JSON.stringify(record)}\n`),
    /** The executions, in the order they were started. */
    read: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.jsonl'))
        .flatMap((name) => readFile(join(folder, name), report) ?? [])
        .toSorted((a, b) => a.started.at - b.started.at),
    /** Unlocks the folder for another service. */
    close: unlock,
  };
};
