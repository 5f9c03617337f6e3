import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

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

  const startProxy = async (target: string) => {
    const server = createServer(async (request, response) => {
      const chunks = await request.toArray();
      if (isDead) return void response.destroy();
      calls += 1;
      const isHere = point?.call === calls;
      if (isHere && point?.when === 'before') return die();
      const { method, url, headers } = request;
      const forwarded = send(new URL(url ?? '/', target), {
        method,
        headers: { ...headers, host: new URL(target).host },
      });
      forwarded.end(Buffer.concat(chunks));
      const [answer] = await once(forwarded, 'response');
      const body = Buffer.concat(await answer.toArray());
      if (isHere) return die();
      response.writeHead(answer.statusCode, answer.headers).end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      [Symbol.asyncDispose]: async () => {
        server.close();
        server.closeAllConnections();
      },
    };
  };

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
