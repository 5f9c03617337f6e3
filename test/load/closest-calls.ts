import type { Call } from '../../emulators/green-api/traffic.ts';

/** The shortest time between two requests of one instance and method, in milliseconds. */
export const closestCalls = (calls: readonly Call[]): number => {
  const lastAt = new Map<string, number>();
  return calls.reduce((closest, { at, method, idInstance }) => {
    const key = `${idInstance} ${method}`;
    const gap = at - (lastAt.get(key) ?? Number.NEGATIVE_INFINITY);
    lastAt.set(key, at);
    return Math.min(closest, gap);
  }, Number.POSITIVE_INFINITY);
};
