import type { Socket } from 'node:net';
import { type Handle, type LoopbackOptions, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { type Account, type AccountOptions, createAccount, type RequestPath } from './account.ts';
import { createControlApi } from './control-api.ts';
import { verbOf } from './instance.ts';
import { createLateness } from './lateness.ts';
import { pause, send, text } from './responses.ts';

export type GreenApiOptions = LoopbackOptions &
  AccountOptions & {
    /** Every answer takes this many milliseconds. @default 0 */
    readonly answerDelayMs?: number;
  };

export type GreenApiEmulator = Awaited<ReturnType<typeof startGreenApi>>;

/**
 * GREEN-API over real HTTP on this machine: states, tokens, limits, and every fault of `faults.ts`, set from code or at
 * `/emulator/…`. The limit counts each request to an existing instance, also those that meet a fault or have a wrong token.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startGreenApi = async (options: GreenApiOptions = {}) => {
  const lateness = createLateness();
  const account = createAccount(options.now === undefined ? { latenessMs: lateness.now, ...options } : options);
  const control = createControlApi(account);
  const api = createApi(account, options.answerDelayMs ?? 0);
  const { url, host, close } = await startLoopbackServer(
    (request, response) => (request.url?.startsWith('/emulator/') ? control : api)(request, response),
    options,
  ).catch((error) => {
    lateness[Symbol.dispose]();
    throw error;
  });
  const closeAll = async () => {
    lateness[Symbol.dispose]();
    await close();
  };
  return Object.assign(account, { apiUrl: url, host, close: closeAll, [Symbol.asyncDispose]: closeAll });
};

const pathPattern = /^(?:\/v3)?\/waInstance(?<idInstance>\d{1,20})\/(?<name>[A-Za-z]+)\/(?<apiTokenInstance>[^/]+)$/;

/** Reads `/waInstance{id}/{method}/{token}`, with MAX's `/v3` before it at most once. */
const parsePath = (pathname: string): RequestPath | undefined =>
  pathPattern.exec(pathname)?.groups as RequestPath | undefined;

const createApi = (account: Account, answerDelayMs: number): Handle => {
  const usedSockets = new WeakSet<Socket>();
  return async (request, response) => {
    const path = parsePath(request.url?.split('?')[0] ?? '');
    if (!path || request.method !== verbOf(path.name)) return send(response, text(404, 'Not Found'));

    const reused = usedSockets.has(request.socket);
    usedSockets.add(request.socket);
    const call = account.record(path);
    const respond = account.judge(path);
    if (answerDelayMs > 0) await pause(answerDelayMs);
    await respond({ response, reused });
    if (response.headersSent) call.status = response.statusCode;
  };
};
