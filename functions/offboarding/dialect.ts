import * as v from 'valibot';
import { canonicalIdentity, identityPattern } from '../instances/identity.ts';
import { parseFields } from '../platform/unknown-values.ts';
import { type RunRequest, runRequestSchema } from '../runs/request.ts';

/** One value a field may have, or an operator on it, such as `{ "prefix": "aws." }`. */
type ValuePattern = string | number | boolean | null | { readonly [operator: string]: unknown };

/** EventBridge's own JSON (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html). */
export type EventPattern = { readonly [field: string]: readonly ValuePattern[] | EventPattern };

/** The person or program that changed a user, as the source of the event claims. */
type Actor = Omit<NonNullable<RunRequest['actor']>, 'claimedBy'>;

export type UserChange = { readonly userId: string; readonly kind: 'disabled' | 'deleted' };

export type LeaverReport = {
  readonly kind: 'report';
  /** The identities of each person. No two people share an entry, and no identity holds white space. */
  readonly people: readonly (readonly string[])[];
  readonly reason: string;
  /** The event's source, e.g. `com.example.hr`. */
  readonly source: string;
  /** Stays the same when the event is delivered again, even in another envelope. */
  readonly id: string;
  /** ISO 8601: an instant, or a date, which stands for its beginning. */
  readonly occurredAt: string;
  /** The field of the event that states `occurredAt`, or `arrival`: the report states no time, so it is that of its arrival. */
  readonly occurredAtFrom: 'arrival' | 'time' | `detail.${string}`;
  readonly actor?: Actor;
  /** Id of the request that brought the report; the access log has the same id. */
  readonly requestId?: string;
  /** When the leaver is to be logged out, if not at once. ISO 8601: an instant, or a date, which stands for its end. */
  readonly at?: string;
  /** @default source and id */
  readonly requestedBy?: string;
  /** AWS account that put the event on its bus. It is recorded, and takes no part in the name of the run. */
  readonly account?: string | undefined;
  readonly dryRun?: boolean;
  /** Days for which the instances are watched after the logout. */
  readonly watchDays?: number;
  /** A change that several events may report: it names the run in place of source, id and people. */
  readonly change?: UserChange;
  /** Why somebody whom the event names is not in `people`. */
  readonly problem?: Invalid;
};

export type DirectoryUser = { readonly userId: string; readonly identityStoreId?: string | undefined };

/** A user was changed. If the directory says that they are disabled, it is the report of a leaver. */
type StatusChange = {
  readonly kind: 'status-change';
  readonly user: DirectoryUser;
  readonly report: LeaverReport;
};

/** The event belongs to a dialect and cannot be acted on. */
export type Invalid = {
  readonly kind: 'invalid';
  /** Path of the field that `rule` is about; without one, `rule` says what is wrong by itself. */
  readonly field?: string | undefined;
  /** What the field must be; it never quotes the event. */
  readonly rule: string;
};

/** An invalid event in one text, for logs and errors. */
export const describeInvalid = ({ field, rule }: Invalid): string => (field === undefined ? rule : `${field} ${rule}`);

/** The event is understood: nobody left. */
export type NotAnOffboarding = {
  readonly kind: 'not-an-offboarding';
  readonly why: string;
  /** Somebody may have left all the same: nobody can tell from the event. @default false */
  readonly isDoubtful?: boolean;
};

export type ParsedEvent = LeaverReport | StatusChange | NotAnOffboarding | Invalid;

/** Parses an untrusted event; `undefined` if it belongs to another dialect. */
export type ParseEvent<Parsed extends ParsedEvent = ParsedEvent> = (event: unknown) => Parsed | undefined;

/** One system's way to report that somebody left. */
export type Dialect = {
  /** Selects its events: the pattern of the rule that leads to the offboarding function. */
  readonly pattern: EventPattern;
  /** Selects the events whose user is read, and read again some minutes later: the source may show the change late. */
  readonly secondLook?: EventPattern;
  /** Where its events arrive: the stack's bus, the account's default bus, or the partner bus in the configuration. */
  readonly bus: 'own' | 'default' | 'partner';
  readonly parse: ParseEvent;
  /** The fields of `detail` that make an old event a new one: when it happened, and its id. */
  readonly refreshedDetail: (now: string, id: string) => Readonly<Record<string, string>>;
};

// Thrown by a function that has no caller: Lambda sends the event to the on-failure destination with this name and message.

/** An offboarding that cannot be parsed: somebody may have left who was not logged out. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}

/** No dialect understands the event: a rule lets through more than the dialects understand. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}

const longestIdentity = 256;

/**
 * One id, source or identity. The owner of a run may be several identities separated by spaces. A word holds no space, so an
 * event that names one person never selects two.
 */
export const word = v.pipe(
  v.string('must be a string'),
  v.regex(identityPattern, 'must not be empty or hold white space or invisible characters'),
  v.maxLength(longestIdentity, `must be at most ${longestIdentity} characters`),
);

/** A word that the target of a run can hold in its canonical spelling, which may have more characters. */
export const identity = v.pipe(
  word,
  v.check(
    (text) => canonicalIdentity(text).length <= longestIdentity,
    `must be at most ${longestIdentity} characters, also in Unicode's composed form (NFC)`,
  ),
);

/** Whether a value is a word, which the `owner` tag of an instance can hold. */
export const isIdentity = (value: unknown): value is string => v.is(word, value);

/** The `account` of an event. EventBridge sets it. */
export const account = v.fallback(v.optional(v.pipe(v.string(), v.regex(/^[0-9]{12}$/))), undefined);

const { id: actorText } = v.unwrap(runRequestSchema.entries.actor).entries;

const isActorText = (value: unknown): value is string => v.is(v.unwrap(actorText), value);

/** The first usable id and name. The actor is for the evidence alone: what cannot be recorded never makes an event invalid. */
export const actorOf = (ids: readonly unknown[], name: unknown): { readonly actor?: Actor } => {
  const id = ids.find(isActorText);
  const actor = { ...(id !== undefined && { id }), ...(isActorText(name) && { name }) };
  return Object.keys(actor).length > 0 ? { actor } : {};
};

export const parseEventFields = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): { readonly kind: 'fields'; readonly fields: v.InferOutput<Schema> } | Invalid => parseFields(schema, value, 'event');
