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
  /** A rehearsal: say who would be logged out and touch nothing. */
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
