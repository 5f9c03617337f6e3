import { appendFileSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionRecord, LaterRecord, Started } from './execution-record.ts';

export type Story = { readonly started: Started; readonly records: readonly LaterRecord[] };

export type Journal = {
  /** With the operating system when it returns: a killed process loses nothing. */
  readonly append: (executionId: string, record: ExecutionRecord) => void;
  /**
   * What was written about each execution, in the order the executions were started.
   *
   * @throws an error that names the file, when one of them is not what this journal writes
   */
  readonly read: () => readonly Story[];
};

const parseLine = (line: string) => JSON.parse(line) as ExecutionRecord;
const isLater = (record: ExecutionRecord): record is LaterRecord => record.kind !== 'started';

const parseStory = (path: string, text: string): Story => {
  try {
    const [started, ...records] = text.split('\n').filter(Boolean).map(parseLine);
    if (started?.kind !== 'started') throw new Error('it does not begin with a start');
    return { started, records: records.filter(isLater) };
  } catch (cause) {
    throw new Error(`${path} is not the journal of an execution`, { cause });
  }
};

/** A last line without its end was never answered for: it is cut off, so that the next record begins a line. */
const readWholeLines = (path: string): string => {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(path, end);
  return bytes.toString('utf8', 0, end);
};

const readStory = (path: string): Story[] => {
  const text = readWholeLines(path);
  return text === '' ? [] : [parseStory(path, text)];
};

/** One file of JSON lines per execution, only ever added to. */
export const openJournal = (folder: string): Journal => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = () => readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  return {
    append: (executionId, record) =>
      appendFileSync(join(folder, `${executionId}.jsonl`), `${JSON.stringify(record)}\n`, { mode: 0o600 }),
    read: () =>
      files()
        .flatMap((file) => readStory(join(folder, file)))
        .sort((a, b) => a.started.at - b.started.at),
  };
};
