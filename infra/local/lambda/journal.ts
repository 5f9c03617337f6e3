import { appendFileSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionRecord } from './execution-record.ts';

export type Journal = {
  /** On the operating system's side when it returns: a killed process loses nothing. */
  readonly append: (executionId: string, record: ExecutionRecord) => void;
  /** The records of each execution, in the order they were written. */
  readonly read: () => readonly (readonly ExecutionRecord[])[];
};

const parseRecord = (line: string) => JSON.parse(line) as ExecutionRecord;

/** A last line without its end was never answered for: it is cut off, so that the next record starts a line of its own. */
const readRecords = (path: string): readonly ExecutionRecord[] => {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(path, end);
  return bytes.toString('utf8', 0, end).split('\n').filter(Boolean).map(parseRecord);
};

/** One file of JSON lines per execution, only ever added to. */
export const openJournal = (folder: string): Journal => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    append: (executionId, record) =>
      appendFileSync(join(folder, `${executionId}.jsonl`), `${JSON.stringify(record)}\n`),
    read: () =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.jsonl'))
        .map((file) => readRecords(join(folder, file)))
        .filter((records) => records.length > 0),
  };
};
