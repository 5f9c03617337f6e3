import type { DemoInstance } from '../../emulators/green-api/instance.ts';

export const apiTokenInstance = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

export const anna: DemoInstance = { idInstance: '1101000001', apiTokenInstance };

/** A clock that stands still until it is moved. */
export const createClock = (startMs = Date.UTC(2026, 0, 1)) => {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
};
