import { types } from 'node:util';

/** The name of what was thrown, or its code, e.g. `ECONNREFUSED`; not its message, which may quote what was sent. */
export const errorNameOf = (error: unknown): string => {
  if (!types.isNativeError(error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};
