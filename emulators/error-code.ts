/** The code of a system error, such as `ENOSPC`. Errors of `node:fs` are of another realm under jest, so no `instanceof`. */
export const errorCodeOf = (error: unknown): string => {
  const { code = 'unknown error' } = Object(error) as { readonly code?: unknown };
  return String(code);
};
