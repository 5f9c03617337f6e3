import * as v from 'valibot';

/** What this browser keeps from visit to visit; `undefined` if it keeps nothing, or nothing of this form. */
const recall = <Schema extends v.GenericSchema>(key: string, schema: Schema): v.InferOutput<Schema> | undefined => {
  try {
    return v.parse(schema, JSON.parse(localStorage.getItem(key) ?? ''));
  } catch {
    return undefined;
  }
};

const keep = (key: string, value: unknown): void => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser may keep nothing.
  }
};

const countKey = 'green-api-logout-count';

/** How many instances the list had when this browser read it last; 0: it never did. */
export const expectedCount = (): number => recall(countKey, v.number()) ?? 0;

export const rememberCount = (count: number): void => keep(countKey, count);

const reasonsKey = 'green-api-logout-reasons';
const mostReasons = 3;

/** The reasons with the newest first, each once. */
export const withReason = (reasons: readonly string[], reason: string): readonly string[] =>
  [reason, ...reasons.filter((other) => other !== reason)].slice(0, mostReasons);

/** The last three reasons that were given in this browser. */
export const recentReasons = (): readonly string[] => recall(reasonsKey, v.array(v.string())) ?? [];

export const rememberReason = (reason: string): void => keep(reasonsKey, withReason(recentReasons(), reason));
