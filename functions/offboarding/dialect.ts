import * as v from 'valibot';

/** One value a field may have, or an operator on it, such as `{ "prefix": "aws." }`. */
export type ValuePattern = string | number | boolean | null | { readonly [operator: string]: unknown };

/** EventBridge's own JSON (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html). */
export type EventPattern = { readonly [field: string]: readonly ValuePattern[] | EventPattern };

/** Somebody left. */
export type Departure = {
  readonly kind: 'left';
  /** The identities of each person. No two people share an entry, and no identity holds white space. */
  readonly people: readonly (readonly string[])[];
  readonly reason: string;
  /** The event's source, e.g. `com.example.hr`. */
  readonly source: string;
  /** What stays the same when the event is delivered again, even in another envelope. */
  readonly id: string;
  /** The event's own time, not that of its delivery. ISO 8601. */
  readonly occurredAt: string;
  /** When it takes effect, if not at once. ISO 8601. */
  readonly at?: string;
  /** @default source and id */
  readonly requestedBy?: string;
  /** A dry run: say who would be logged out and touch nothing. */
  readonly dryRun?: boolean;
};

/** The event is meant for us, and cannot be acted on. */
export type Broken = {
  readonly kind: 'broken';
  /** What is wrong with which field; it never quotes the event. */
  readonly problem: string;
};

export type Reading =
  | Departure
  /** The event is understood: nobody left. */
  | { readonly kind: 'not-an-offboarding'; readonly why: string }
  | Broken;

/** Reads an untrusted event; `undefined` if it is of another dialect. */
export type ParseEvent = (event: unknown) => Reading | undefined;

// Thrown by the function, which nobody waits for: Lambda sends the event to its on-failure destination, with name and message.

/** An offboarding that cannot be read: somebody may have left and was not logged out. */
export class BrokenEvent extends Error {
  override readonly name = 'BrokenEvent';
}

/** No dialect knows the event; a rule lets through more than the dialects understand. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}

/**
 * One id, source or identity. The owner of a run may be several identities with spaces between; a word cannot, so an
 * event that names one person never aims at two.
 */
export const word = v.pipe(
  v.string('must be a text'),
  v.regex(/^[^\s\p{C}]+$/u, 'must not be empty or hold white space or control characters'),
  v.maxLength(256, 'must be at most 256 characters'),
);

// Valibot's own messages quote what they found.
const wording = ({ expected }: v.BaseIssue<unknown>): string => {
  if (expected === 'never') return 'is not a field of this event';
  return expected === 'Object' || expected === 'Array' ? `must be an ${expected.toLowerCase()}` : 'is missing';
};

/** Reads what a schema asks of an event, or says which field is wrong and what it must be. */
export const parseFields = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): { readonly kind: 'fields'; readonly fields: v.InferOutput<Schema> } | Broken => {
  const parsed = v.safeParse(schema, value, { abortEarly: true, message: wording });
  if (parsed.success) return { kind: 'fields', fields: parsed.output };

  const [issue] = parsed.issues;
  // The name of an unknown field is the sender's text: short, or not at all.
  return { kind: 'broken', problem: `${v.getDotPath(issue)?.slice(0, 64) ?? 'the event'} ${issue.message}` };
};
