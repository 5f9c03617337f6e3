import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once `holds` does; the test's own time limit ends what never does. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await sleep(5);
};
