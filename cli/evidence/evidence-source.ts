import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { parseJsonAs } from '../../functions/platform/unknown-values.ts';
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

/** A field that says nothing if it is missing, or not what it is today: no record is lost for it. */
export const optional = <Schema extends v.GenericSchema>(schema: Schema) => v.fallback(v.optional(schema), undefined);

/** What the command line reads of an evidence record. */
const recordSchema = v.object({
  message: v.literal('evidence'),
  timestamp: optional(v.string()),
  stack: optional(v.string()),
  idInstance: v.string(),
  requestedAt: v.string(),
  outcome: v.object({ kind: v.string(), confirmed: v.optional(v.boolean(), false), detail: optional(v.string()) }),
  confirmedAt: optional(v.string()),
  requestedBy: optional(v.string()),
  session: optional(v.object({ name: v.string() })),
  email: optional(v.string()),
  person: optional(v.object({ issuer: v.string(), name: optional(v.string()) })),
  reason: optional(v.string()),
  requestId: optional(v.string()),
  function: optional(v.string()),
  attempts: optional(v.number()),
  timeToLogoutMs: optional(v.number()),
  queue: optional(v.object({ cleared: v.boolean() })),
  token: optional(v.object({ kind: v.string() })),
  readings: optional(v.array(v.object({ at: v.string() }))),
  run: optional(
    v.object({
      id: v.string(),
      source: optional(v.string()),
      retryOf: optional(v.string()),
      redrivenBy: optional(v.string()),
      linkedAgain: optional(v.boolean()),
      occurredAt: optional(v.string()),
      occurredAtIs: optional(v.string()),
      actor: optional(
        v.object({ id: optional(v.string()), name: optional(v.string()), claimedBy: optional(v.string()) }),
      ),
      tags: optional(v.object({ owner: optional(v.string()), group: optional(v.string()) })),
    }),
  ),
});

export type EvidenceRecord = Readonly<v.InferOutput<typeof recordSchema>>;

/** Reads one line of a log; `undefined` if it is no evidence record. */
export const parseRecord = (line: string): EvidenceRecord | undefined => parseJsonAs(recordSchema, line);
