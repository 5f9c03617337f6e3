import * as v from 'valibot';
import { InvalidRequest } from './invalid-request.ts';

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
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;

  const [issue] = parsed.issues;
  const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
  // The name of an unknown field is the caller's text: short, or not at all.
  const field = v.getDotPath(issue)?.slice(0, 64) ?? whole;
  throw new InvalidRequest(field, isUnknown ? 'is not a field of this request' : issue.message);
};
