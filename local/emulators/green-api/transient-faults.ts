import type { FaultName } from './faults.ts';

export type TransientFaults = {
  /** The share of requests that meet a fault, from 0 to 1. */
  readonly rate: number;
  /** The same seed gives the same faults in the same order. */
  readonly seed: number;
};

const passing = ['http-500', 'http-502', 'reset', 'http-429'] as const satisfies readonly FaultName[];

/** Draws, for each request, a fault that would pass, or none. */
export const createTransientFaults = ({ rate, seed }: TransientFaults): (() => FaultName | undefined) => {
  const random = mulberry32(seed);
  return () => (random() < rate ? passing[Math.floor(random() * passing.length)] : undefined);
};

/** A small seeded generator of numbers from 0 to 1. https://github.com/cprosche/mulberry32 */
const mulberry32 = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
