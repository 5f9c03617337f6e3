import { types } from 'node:util';

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
