import type { Readable } from 'node:stream';
import { UsageError } from '../errors.ts';

export type EvidenceFilter = {
  readonly since: Date;
  /** Kinds of lines to read. @default records of logouts alone */
  readonly messages?: readonly string[];
  readonly idInstance?: string | undefined;
  /** The id of a run, or the end of it. */
  readonly run?: string | undefined;
  /** The person, and the instances that have this owner now; none if no deployment was asked. */
  readonly owner?: { readonly identity: string; readonly ids?: ReadonlySet<string> | undefined } | undefined;
};

/** Lines of evidence among others, from wherever they are kept, in the order in which they are kept there. */
export type EvidenceSource = {
  readonly lines: (filter: EvidenceFilter) => AsyncIterable<string>;
  /** The file or folder that was named, if it is one. */
  readonly path?: string;
  /** For people, what the records are worth, e.g. that nobody could alter them. */
  readonly describe: () => Promise<string | undefined>;
};

/** The lines of a stream of text. `node:readline` takes twice the time, and keeps lines that nobody has taken yet. */
export const linesOf = async function* (stream: Readable): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const part of stream) {
    const lines = `${rest}${part}`.split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
};

/** @throws UsageError if a file that was named has lines, and no record among them */
export const checkHasRecords = ({ path }: EvidenceSource, lines: number, records: number): void => {
  if (lines > 0 && records === 0 && path !== undefined)
    throw new UsageError(`${path} has no evidence record. Name a file of evidence with --file: one record per line.`);
};
