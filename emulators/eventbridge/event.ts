import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { type Fields, isFields } from './event-pattern.ts';

const text = v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'));

/** The envelope of EventBridge (https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html). */
const eventSchema = v.looseObject({
  source: text,
  'detail-type': text,
  // Not `v.record`: it drops fields that are named like one of every object, such as `constructor`.
  detail: v.custom<Fields>(isFields, 'must be an object'),
});

// Valibot's own words for a missing field are for programmers.
const ruleOf = ({ type, expected, message }: v.BaseIssue<unknown>): string =>
  type === 'loose_object' && expected !== 'Object' ? 'is missing' : message;

/** A whole event, as a rule sees it. */
export type BusEvent = v.InferOutput<typeof eventSchema> & { readonly id: string; readonly time: string };

type ParsedEvent =
  | { readonly kind: 'event'; readonly event: BusEvent }
  | { readonly kind: 'no-event'; readonly problem: string };

/** What the bus adds to an event that does not bring it. */
const envelope = () => ({
  version: '0',
  id: randomUUID(),
  time: new Date().toISOString(),
  account: '000000000000',
  region: 'us-east-1',
  resources: [],
});

export const parseEvent = (value: unknown): ParsedEvent => {
  const parsed = v.safeParse(eventSchema, value, { abortEarly: true });
  if (parsed.success) return { kind: 'event', event: { ...envelope(), ...parsed.output } };
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue);
  return { kind: 'no-event', problem: field === null ? 'must be a JSON object' : `${field} ${ruleOf(issue)}` };
};
