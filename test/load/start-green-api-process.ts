import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FleetOptions } from './fleet.ts';

/** What GREEN-API has seen so far. */
export type Seen = {
  readonly calls: number;
  /** The instances it was asked for. */
  readonly called: readonly string[];
  readonly violations: number;
  /** The shortest time between two requests of one instance and method. */
  readonly closestMs: number;
  /** How long the process was held up at the most: a request may have been seen that much later than it came. */
  readonly heldUpMs: number;
};

const parseStarted = (message: unknown) => message as { readonly apiUrl: string };
const parseSeen = (message: unknown) => message as Seen;

export const startGreenApiProcess = async (options: FleetOptions) => {
  const child = fork(join(__dirname, 'green-api-process.ts'), [JSON.stringify(options)], { execArgv: [] });
  const exited = once(child, 'exit');
  const [started] = await once(child, 'message');
  return {
    ...parseStarted(started),
    seen: async (): Promise<Seen> => {
      const told = once(child, 'message');
      child.send('seen');
      const [seen] = await told;
      return parseSeen(seen);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};
