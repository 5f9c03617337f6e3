import { types } from 'node:util';
import * as v from 'valibot';

/**
 * The code of an unknown error, e.g. `ECONNREFUSED`, or else its name. Never its message: a message may quote what was sent,
 * and GREEN-API's URLs hold the token.
 */
export const errorNameOf = (error: unknown): string => {
  if (!types.isNativeError(error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};

/** The value of a JSON text; `undefined` if the text is not JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

type ParsedFields<Fields> =
  | { readonly kind: 'fields'; readonly fields: Fields }
  | {
      readonly kind: 'invalid';
      /** Path of the first field that is wrong; `undefined` if the value is wrong as a whole. */
      readonly field: string | undefined;
      /** What the field must be; it never quotes the value. */
      readonly rule: string;
    };

// Valibot's own messages quote the value.
const defaultRule = ({ expected }: v.BaseIssue<unknown>): string =>
  expected === 'Object' || expected === 'Array' ? `must be an ${expected.toLowerCase()}` : 'is missing';

/** The schema of an object has one message for everything; a missing or unknown key needs its own. */
const ruleOf = ({ type, expected, message }: v.BaseIssue<unknown>, noun: string): string => {
  if (!type.endsWith('object') || expected === 'Object') return message;
  return expected === 'never' ? `is not a field of this ${noun}` : 'is missing';
};

/**
 * Parses an untrusted value by a schema whose messages have the form "must …".
 *
 * @param noun what the value is called in a message, such as `request`
 */
export const parseFields = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  noun: 'request' | 'event',
): ParsedFields<v.InferOutput<Schema>> => {
  // Valibot accepts an array as an object; it rejects `null`.
  const parsed = v.safeParse(schema, Array.isArray(value) ? null : value, { abortEarly: true, message: defaultRule });
  if (parsed.success) return { kind: 'fields', fields: parsed.output };

  const [issue] = parsed.issues;
  // The name of an unknown field is the sender's text: it is cut, perhaps inside a character.
  return { kind: 'invalid', field: v.getDotPath(issue)?.slice(0, 64).toWellFormed(), rule: ruleOf(issue, noun) };
};

/** Names the fields of a payload that are wrong. Only the names: the values are not checked, and may be secret. */
export const invalidFieldsOf = (issues: readonly v.BaseIssue<unknown>[]): string => {
  const fields = new Set(issues.map((issue) => (v.getDotPath(issue) ?? 'the whole').slice(0, 100)));
  return [...fields].slice(0, 10).join(', ');
};

/** The value of a JSON text that matches a schema; `undefined` if there is no text, or it is something else. */
export const parseJsonAs = <Schema extends v.GenericSchema>(
  schema: Schema,
  text: string | undefined,
): v.InferOutput<Schema> | undefined => {
  const parsed = v.safeParse(schema, text === undefined ? undefined : parseJson(text));
  return parsed.success ? parsed.output : undefined;
};
