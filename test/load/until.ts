import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once `holds` returns true. The time limit of the test ends the wait if it never does. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await sleep(5);
};
