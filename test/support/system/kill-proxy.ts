import { buffer } from 'node:stream/consumers';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';
import { forward } from './forward.ts';

export type KillPoint = {
  /** Of the requests of all proxies, counted from 1. */
  readonly call: number;
  /** Before the request reaches the emulator, or after the emulator has carried it out. */
  readonly when: 'before' | 'after';
};

/**
 * Proxies in front of emulators that count the requests of a process, and kill it at one of them: no answer is returned then, and
 * nothing more is forwarded until `reset`.
 */
export const createKillProxies = () => {
  let calls = 0;
  let point: KillPoint | undefined;
  let kill = async () => {};
  let isDead = false;

  const die = async () => {
    isDead = true;
    await kill();
  };

  const startProxy = (target: string) =>
    startLoopbackServer(async (request, response) => {
      const body = await buffer(request);
      if (isDead) return void response.destroy();
      calls += 1;
      const isHere = point?.call === calls;
      if (isHere && point?.when === 'before') return die();
      const answer = await forward(request, body, target);
      if (isHere) return die();
      response.writeHead(answer.status, answer.headers).end(answer.body);
    }, {});

  return {
    startProxy,
    calls: () => calls,
    isDead: () => isDead,
    /** Counts from the start again; `act` kills the process. */
    reset: (next?: KillPoint, act: () => Promise<void> = async () => {}) => {
      calls = 0;
      isDead = false;
      point = next;
      kill = act;
    },
  };
};
