import * as v from 'valibot';
import { InvalidRequest } from './invalid-request.ts';

/** An object that is none has the message of its schema; of one key too many or too few, valibot says only what it expected. */
const ruleOf = ({ type, expected, message }: v.BaseIssue<unknown>): string => {
  if (type !== 'strict_object' || expected === 'Object') return message;
  return expected === 'never' ? 'is not a field of this request' : 'is missing';
};

/**
 * Reads the fields of a request.
 *
 * @param schema a strict object, each rule's message of the form "must …"
 * @param whole what the request is called when it is wrong as a whole
 * @throws {@link InvalidRequest} naming the first field that is wrong; it never quotes a value
 */
export const parseFields = <Schema extends v.GenericSchema>(
  value: unknown,
  schema: Schema,
  whole: string,
): v.InferOutput<Schema> => {
  // Valibot takes a list for an object; `null` it refuses.
  const parsed = v.safeParse(schema, Array.isArray(value) ? null : value, { abortEarly: true });
  if (parsed.success) return parsed.output;

  const [issue] = parsed.issues;
  // The name of an unknown field is the caller's text: short, or not at all.
  const field = v.getDotPath(issue)?.slice(0, 64) ?? whole;
  throw new InvalidRequest(field, ruleOf(issue));
};
