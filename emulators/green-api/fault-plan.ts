import { type FaultName, faults } from './faults.ts';
import type { Method } from './instance.ts';

export type FaultOptions = {
  /** @default the method the fault is about, or else every method */
  readonly method?: Method;
  /** How many requests it meets before it is over. @default until it is cleared */
  readonly times?: number;
  /** How long a slow fault takes, in milliseconds. @default 2000 */
  readonly delayMs?: number;
  /** Where a redirect leads. @default 'https://elsewhere.example.com/' */
  readonly location?: string;
};

type PlannedFault = FaultOptions & { readonly fault: FaultName };

const scopeOf = (fault: FaultName, { method }: FaultOptions): Method | 'every' =>
  method ?? faults[fault].method ?? 'every';

/** The faults in force: for each instance at most one per method, and one for whatever method has none of its own. */
export const createFaultPlan = () => {
  const plan = new Map<string, Map<Method | 'every', PlannedFault>>();

  const clear = (idInstance: string, method: Method | undefined) => {
    if (method) plan.get(idInstance)?.delete(method);
    else plan.delete(idInstance);
  };

  return {
    of: (idInstance: string): readonly PlannedFault[] => [...(plan.get(idInstance)?.values() ?? [])],
    set: (idInstance: string, fault: FaultName | undefined, options: FaultOptions) => {
      if (!fault) return clear(idInstance, options.method);
      const own = plan.get(idInstance) ?? new Map();
      plan.set(idInstance, own.set(scopeOf(fault, options), { fault, ...options }));
    },
    /** The fault that meets this request; it is counted. */
    take: (idInstance: string, method: Method): PlannedFault | undefined => {
      const own = plan.get(idInstance);
      const scope = own?.has(method) ? method : 'every';
      const planned = own?.get(scope);
      if (planned?.times === undefined) return planned;
      if (planned.times > 1) own?.set(scope, { ...planned, times: planned.times - 1 });
      else own?.delete(scope);
      return planned;
    },
  };
};

export type TransientFaults = {
  /** The share of requests that meet a fault, from 0 to 1. */
  readonly rate: number;
  /** The same seed gives the same faults in the same order. */
  readonly seed: number;
};

const transient = ['http-500', 'http-502', 'reset', 'http-429'] as const satisfies readonly FaultName[];

/** Draws, for each request, a transient fault or none. */
export const createTransientFaults = ({ rate, seed }: TransientFaults): (() => FaultName | undefined) => {
  const random = mulberry32(seed);
  return () => (random() < rate ? transient[Math.floor(random() * transient.length)] : undefined);
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
