import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FleetOptions } from './fleet.ts';

/** What GREEN-API has recorded so far. */
export type Seen = {
  readonly calls: number;
  /** The instances that were called. */
  readonly called: readonly string[];
  readonly violations: number;
  /** The shortest time between two requests of one instance and method. */
  readonly closestMs: number;
  /** The longest time the process was blocked. It may have recorded a request that much too late. */
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
      const reply = once(child, 'message');
      child.send('seen');
      const [seen] = await reply;
      return parseSeen(seen);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};
