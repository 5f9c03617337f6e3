import type { Readable } from 'node:stream';
import { isOwnedBy } from '../../functions/instances/identity.ts';
import type { EvidenceRecord } from './record.ts';

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

/** Records of runs keep the owner of that time; those of single logouts have no tags, so the owner of today decides. */
const isOf = ({ idInstance, run }: EvidenceRecord, { identity, ids }: NonNullable<EvidenceFilter['owner']>): boolean =>
  run?.tags?.owner === undefined ? (ids?.has(idInstance) ?? false) : isOwnedBy({ owner: run.tags.owner }, identity);

export const matches = (record: EvidenceRecord, { since, idInstance, run, owner }: EvidenceFilter): boolean =>
  Date.parse(record.confirmedAt ?? record.requestedAt) >= since.getTime() &&
  (idInstance === undefined || record.idInstance === idInstance) &&
  (run === undefined || record.run?.id.endsWith(run) === true) &&
  (owner === undefined || isOf(record, owner));

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
