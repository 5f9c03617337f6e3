import type { Socket } from 'node:net';
import { type Handle, type LoopbackOptions, type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { send, text } from './answer.ts';
import { createControlPlane } from './control-plane.ts';
import { pause } from './fault-plays.ts';
import { createSetup, type Setup, type SetupOptions } from './instances.ts';
import { parsePath } from './path.ts';

export type GreenApiOptions = LoopbackOptions &
  SetupOptions & {
    /** Every answer takes this many milliseconds. @default 0 */
    readonly answerDelayMs?: number;
  };

export type GreenApiEmulator = AsyncDisposable &
  Pick<Setup, 'add' | 'stateOf' | 'setState' | 'setFault' | 'callsOf' | 'clearCalls'> & {
    /** `http://127.0.0.1:PORT`, as it stands in a secret. */
    readonly apiUrl: string;
    /** `127.0.0.1:PORT`, as it stands in `ALLOWED_API_HOSTS`. */
    readonly host: string;
    readonly calls: ReturnType<Setup['calls']>;
    /** Requests that came sooner than one second after the last one let through, same instance and method. */
    readonly violations: number;
    readonly close: LoopbackServer['close'];
  };

/**
 * GREEN-API over real HTTP on this machine: states, limits, and every fault of `faults.ts`, set from code or at
 * `/emulator/…`. The limit counts each request to an instance it has, also those that meet a fault or bring a wrong token.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startGreenApi = async (options: GreenApiOptions = {}): Promise<GreenApiEmulator> => {
  const world = createSetup(options);
  const control = createControlPlane(world);
  const answer = answerFrom(world, options.answerDelayMs ?? 0);
  const server = await startLoopbackServer(
    (request, response) => (request.url?.startsWith('/emulator/') ? control : answer)(request, response),
    options,
  );
  const { add, stateOf, setState, setFault, callsOf, clearCalls } = world;
  return {
    apiUrl: server.url,
    host: server.host,
    add,
    stateOf,
    setState,
    setFault,
    callsOf,
    clearCalls,
    get calls() {
      return world.calls();
    },
    get violations() {
      return world.violations();
    },
    close: server.close,
    [Symbol.asyncDispose]: server.close,
  };
};

const answerFrom = (world: Setup, answerDelayMs: number): Handle => {
  const usedSockets = new WeakSet<Socket>();
  return async (request, response) => {
    const asked = request.method === 'GET' ? parsePath(request.url?.split('?')[0] ?? '') : undefined;
    if (!asked) return send(response, text(404, 'Not Found'));

    const reused = usedSockets.has(request.socket);
    usedSockets.add(request.socket);
    const call = world.record(asked);
    const { play, ...verdict } = world.judge(asked);
    if (answerDelayMs > 0) await pause(answerDelayMs);
    await play({ ...verdict, response, reused });
    if (response.headersSent) call.status = response.statusCode;
  };
};
