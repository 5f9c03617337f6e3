import { performance } from 'node:perf_hooks';

/** When nobody waits any longer, in milliseconds of `performance.now()`: whatever sets this machine's date cannot move it. */
export type Deadline = number;

export const deadlineIn = (ms: number): Deadline => performance.now() + ms;

/** In milliseconds; 0: it has passed. */
export const timeUntil = (deadline: Deadline): number => Math.max(0, deadline - performance.now());

export const hasPassed = (deadline: Deadline): boolean => timeUntil(deadline) === 0;
