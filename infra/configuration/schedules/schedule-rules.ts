import type { Schedule } from './schedule-schema.ts';

export type BrokenRule = {
  /** Which of the schedules. */
  readonly index: number;
  readonly field: 'name' | 'maxTargets';
  readonly given: string | number | undefined;
  readonly allowed: string;
};

const allowedCap = ({ name, target, maxTargets }: Schedule, ceiling: number): string | undefined => {
  if (maxTargets === undefined)
    return 'all' in target ? `a number: "${name}" aims at all instances and needs a cap` : undefined;
  return maxTargets > ceiling ? `at most ${ceiling}, which is runs.maxTargetsCeiling` : undefined;
};

/** What is wrong with schedules that are each well written: a name twice, no cap where one must be, a cap too high. */
export const brokenRules = (schedules: readonly Schedule[], maxTargetsCeiling: number): readonly BrokenRule[] =>
  schedules.flatMap((schedule, index): readonly BrokenRule[] => {
    const { name, maxTargets } = schedule;
    const isTwin = schedules.findIndex((other) => other.name === name) < index;
    const cap = allowedCap(schedule, maxTargetsCeiling);
    return [
      ...(isTwin ? [{ index, field: 'name', given: name, allowed: 'a name that no other schedule has' } as const] : []),
      ...(cap === undefined ? [] : [{ index, field: 'maxTargets', given: maxTargets, allowed: cap } as const]),
    ];
  });
