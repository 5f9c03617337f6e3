import * as v from 'valibot';
import { parseJsonAs } from '../../functions/platform/unknown-values.ts';
import { type EvidenceRecord, optional, parseRecord } from '../evidence/evidence-source.ts';

/** What the report needs of one line of evidence. Times are milliseconds since 1970. */
export type Fact = InstanceFact | RunFact;

export type InstanceFact = {
  /**
   * `logout` is the record of one, confirmed or not. `linked-again` is the record of a watch. `skipped`: a run left the instance
   * alone. `sent`: a run sent a logout, and its record must follow.
   */
  readonly kind: 'logout' | 'linked-again' | 'skipped' | 'sent';
  readonly idInstance: string;
  /** The confirmation, or else the last thing that the line says. */
  readonly at: number;
  /** The `owner` tag of that time; single logouts have none. */
  readonly owner?: string | undefined;
  readonly run?: string | undefined;
  readonly stack?: string | undefined;
  /** Only of a logout: when the call arrived or the run started. */
  readonly reportedAt?: number | undefined;
  /** Only of a logout that is confirmed, with `at` as its time. */
  readonly isConfirmed?: boolean | undefined;
  /** Only of a logout: the second one by its run, because the instance was linked again. */
  readonly isSecond?: boolean | undefined;
  /** The id of the request, of a single logout. */
  readonly requestId?: string | undefined;
  /** The kind of the outcome, or why the instance was skipped. */
  readonly outcome: string;
};

/** The end of a run. Version 0.2 has no such line. */
export type RunFact = {
  readonly kind: 'run';
  readonly run: string;
  readonly at: number;
  readonly stack?: string | undefined;
  readonly status: string;
  /** The owner that the run was aimed at. */
  readonly owner?: string | undefined;
  readonly startedAt?: number | undefined;
  readonly total?: number | undefined;
  /** How many instances it did not leave alone: each of them has a record, or the run did not come to it. */
  readonly included: number;
  readonly loggedOut?: number | undefined;
  /** It ended before it listed the instances, or met a secret that may be one. */
  readonly isListOpen: boolean;
  /** Protected instances were left alone. */
  readonly leftProtected: boolean;
};

/** The kinds of lines that are read. */
export const factMessages = ['evidence', 'run', 'instance skipped', 'logout sent'] as const;

const timeOf = (text: string | undefined): number | undefined => {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
};

/** The last instant among those that can be read; `undefined` if there is none. */
const lastOf = (texts: readonly (string | undefined)[]): number | undefined =>
  texts.flatMap((text) => timeOf(text) ?? []).sort((a, b) => b - a)[0];

const factOfRecord = (record: EvidenceRecord): InstanceFact | undefined => {
  const { idInstance, requestedAt, confirmedAt, timestamp, readings, outcome, run, stack, requestId } = record;
  const common = { idInstance, owner: run?.tags?.owner, run: run?.id, stack, outcome: outcome.kind };
  const lastReading = readings?.at(-1)?.at;
  if (outcome.kind === 'linked-again') {
    const at = timeOf(lastReading) ?? lastOf([requestedAt, timestamp]);
    return at === undefined ? undefined : { kind: 'linked-again', at, ...common };
  }
  const proof = outcome.confirmed ? timeOf(confirmedAt) : undefined;
  const at = proof ?? lastOf([requestedAt, lastReading, timestamp]);
  if (at === undefined) return undefined;
  const isSecond = run?.linkedAgain === true;
  const reportedAt = timeOf(requestedAt);
  return { kind: 'logout', at, isConfirmed: proof !== undefined, isSecond, reportedAt, requestId, ...common };
};

const text = optional(v.string());
const count = optional(v.number());
const target = optional(v.object({ owner: text }));
const run = v.string();

const instanceEntries = { timestamp: v.string(), run, idInstance: v.string(), tags: target, stack: text };

const otherSchema = v.variant('message', [
  v.object({ message: v.literal('instance skipped'), skipReason: v.string(), ...instanceEntries }),
  v.object({ message: v.literal('logout sent'), ...instanceEntries }),
  v.object({
    message: v.literal('run'),
    timestamp: text,
    endedAt: text,
    startedAt: text,
    id: v.string(),
    stack: text,
    status: v.string(),
    dryRun: optional(v.boolean()),
    target,
    progress: optional(v.object({ total: count, loggedOut: count, skipped: count })),
    failure: text,
    note: text,
  }),
]);

type Other = v.InferOutput<typeof otherSchema>;

/** What the note of a run says of its protected instances. It may also name secrets, which may have any word in their names. */
const noteOfProtected = /(?:^|; )\d+ instances? (?:is|are|became) protected\b/;

const factOfRun = (line: Other & { readonly message: 'run' }): RunFact | undefined => {
  const { id, status, stack, startedAt, progress = {}, failure, note = '' } = line;
  const at = timeOf(line.endedAt) ?? timeOf(line.timestamp);
  // A drill logs nobody out.
  if (at === undefined || line.dryRun) return undefined;
  const { total, loggedOut, skipped = 0 } = progress;
  const included = (total ?? 0) - skipped;
  const leftProtected = skipped > 0 && (failure === 'NobodyLoggedOut' || noteOfProtected.test(note));
  const isListOpen = failure === 'UnreadableSecret' || (status !== 'SUCCEEDED' && !total);
  const about = { run: id, stack, owner: line.target?.owner, startedAt: timeOf(startedAt) };
  return { kind: 'run', at, status, total, included, loggedOut, isListOpen, leftProtected, ...about };
};

const factOfOther = (line: Other): Fact | undefined => {
  if (line.message === 'run') return factOfRun(line);
  const at = timeOf(line.timestamp);
  if (at === undefined) return undefined;
  const { idInstance, run: id, stack, tags } = line;
  const common = { idInstance, run: id, at, stack, owner: tags?.owner };
  return line.message === 'logout sent'
    ? { kind: 'sent', outcome: 'sent', ...common }
    : { kind: 'skipped', outcome: line.skipReason, ...common };
};

/** Reads one line; `undefined` if the report needs nothing of it. */
export const parseFact = (line: string): Fact | undefined => {
  const record = parseRecord(line);
  if (record !== undefined) return factOfRecord(record);
  const other = parseJsonAs(otherSchema, line);
  return other && factOfOther(other);
};

/** Whether a line without a fact should have had one: it names itself evidence. */
export const looksLikeEvidence = (line: string): boolean => /"message": ?"evidence"/.test(line);
