import type { Socket } from 'node:net';
import {
  type Handle,
  type LoopbackOptions,
  type LoopbackServer,
  startLoopbackServer,
} from '../../loopback/loopback-server.ts';
import { type Account, type AccountOptions, createAccount, type RequestPath } from './account.ts';
import { createControlApi } from './control-api.ts';
import { verbOf } from './instance.ts';
import { pause, send, text } from './responses.ts';

export type GreenApiOptions = LoopbackOptions &
  AccountOptions & {
    /** Every answer takes this many milliseconds. @default 0 */
    readonly answerDelayMs?: number;
  };

type Controls = Pick<
  Account,
  'add' | 'stateOf' | 'setState' | 'tokenOf' | 'changeToken' | 'setFault' | 'callsOf' | 'clearCalls'
>;

export type GreenApiEmulator = AsyncDisposable &
  Controls & {
    /** `http://127.0.0.1:PORT`, as in a secret. */
    readonly apiUrl: string;
    /** `127.0.0.1:PORT`, as in `ALLOWED_API_HOSTS`. */
    readonly host: string;
    readonly calls: ReturnType<Account['calls']>;
    /** Requests that came sooner than one second after the last one let through, same instance and method. */
    readonly violations: number;
    readonly close: LoopbackServer['close'];
  };

/**
 * GREEN-API over real HTTP on this machine: states, tokens, limits, and every fault of `faults.ts`, set from code or at
 * `/emulator/…`. The limit counts each request to an existing instance, also those that meet a fault or have a wrong token.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startGreenApi = async (options: GreenApiOptions = {}): Promise<GreenApiEmulator> => {
  const account = createAccount(options);
  const control = createControlApi(account);
  const api = createApi(account, options.answerDelayMs ?? 0);
  const { url, host, close } = await startLoopbackServer(
    (request, response) => (request.url?.startsWith('/emulator/') ? control : api)(request, response),
    options,
  );
  const { add, stateOf, setState, tokenOf, changeToken, setFault, callsOf, clearCalls } = account;
  const controls: Controls = { add, stateOf, setState, tokenOf, changeToken, setFault, callsOf, clearCalls };
  return {
    ...controls,
    apiUrl: url,
    host,
    get calls() {
      return account.calls();
    },
    get violations() {
      return account.violations();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
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
    const { respond, ...verdict } = account.judge(path);
    if (answerDelayMs > 0) await pause(answerDelayMs);
    await respond({ ...verdict, response, reused });
    if (response.headersSent) call.status = response.statusCode;
  };
};
