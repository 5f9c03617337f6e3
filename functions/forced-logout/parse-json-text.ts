import * as v from 'valibot';

/** Reads what an execution keeps as a text; `undefined`: it is something else. */
export const parseJsonText = <Schema extends v.GenericSchema>(
  schema: Schema,
  text: string | undefined,
): v.InferOutput<Schema> | undefined => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  return parsed.success ? parsed.output : undefined;
};
