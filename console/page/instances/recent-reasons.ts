import * as v from 'valibot';

const key = 'green-api-logout-reasons';
const most = 3;

const parse = (text: string | null): readonly string[] => {
  try {
    return v.parse(v.array(v.string()), JSON.parse(text ?? '[]'));
  } catch {
    return [];
  }
};

/** The reasons with the newest first, each once. */
export const withReason = (reasons: readonly string[], reason: string): readonly string[] =>
  [reason, ...reasons.filter((other) => other !== reason)].slice(0, most);

/** The last three reasons that were given in this browser. */
export const recentReasons = (): readonly string[] => {
  try {
    return parse(localStorage.getItem(key));
  } catch {
    return [];
  }
};

export const rememberReason = (reason: string): void => {
  try {
    localStorage.setItem(key, JSON.stringify(withReason(recentReasons(), reason)));
  } catch {
    // A browser may keep nothing.
  }
};
