import * as v from 'valibot';
import type { Broken } from './dialect.ts';

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
