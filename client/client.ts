import type { RequestedRun, RetryChoice } from '../functions/runs/request.ts';
import {
  acceptedRunSchema,
  type InstanceState,
  instancePageSchema,
  loggedOutSchema,
  runPageSchema,
  runSchema,
  stateSchema,
  watchSchema,
} from './answers.ts';
import { apiTimeoutMs, createCall, type Renew, sleep, type Transport } from './call.ts';
import { type InstanceList, joinInstancePages } from './instance-list.ts';
import { readPages } from './pages.ts';
import type { Result } from './result.ts';

type InstanceFilter = {
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** A part of an id, an owner or a name, or the last digits of a phone number: at least three characters. */
  readonly query?: string | undefined;
};

export type LogoutRequest = { readonly reason?: string; readonly clearQueue?: boolean; readonly rotateToken?: boolean };

/** A wait with which a second reading checks the confirmation of a logout, in seconds. */
export const secondReadingWaitSeconds = 10;

/** Longest wait that the API grants for the confirmation of a logout. */
export const longestWaitSeconds = 20;

type RunQuery = { readonly status?: string | undefined; readonly next?: string | undefined };

type ClientOptions = {
  readonly renew?: Renew | undefined;
  /** How long one call waits for its answer, in milliseconds. @default 35 000 */
  readonly timeoutMs?: number;
  /** Pause before a state is read again after a 429, in milliseconds. @default 2 000 */
  readonly rateLimitPauseMs?: number;
};

/** GREEN-API allows one reading a second for each instance, and a run that confirms a logout takes its share. */
const mostReadings = 3;

/** A path with one id. Ids come from answers and addresses. */
const path = (texts: TemplateStringsArray, id: string): string => texts.join(encodeURIComponent(id));

/** Every call of the HTTP API, one row per route. */
export const createClient = (transport: Transport, options: ClientOptions = {}) => {
  const { timeoutMs = apiTimeoutMs, rateLimitPauseMs = 2_000, renew } = options;
  const call = createCall(transport, timeoutMs, renew);
  const readRunPage = (query: RunQuery, signal?: AbortSignal) =>
    call(runPageSchema, { path: '/forced-logouts', query, signal });
  const start = (body: object, key: string) =>
    call(acceptedRunSchema, { method: 'POST', path: '/forced-logouts', headers: { 'idempotency-key': key }, body });
  return {
    /** Calls a route that is not one of the API's own, such as those of the local service. */
    call,

    /**
     * Reads all pages.
     *
     * @param onPage gets the list so far after every page, so that its first rows can be shown before the last page has come
     */
    listInstances: async (
      filter: InstanceFilter = {},
      onPage?: (soFar: InstanceList) => void,
    ): Promise<Result<InstanceList>> => {
      const pages = await readPages(
        (next) => call(instancePageSchema, { path: '/instances', query: { ...filter, next } }),
        (page) => [page],
        { onPage: onPage && ((soFar) => onPage(joinInstancePages(soFar))) },
      );
      if (pages.kind !== 'ok') return pages;
      const value = joinInstancePages(pages.value);
      return { kind: 'ok', value, body: value };
    },

    /** Reads what GREEN-API reports now, again after a 429. */
    readState: async (idInstance: string): Promise<Result<InstanceState>> => {
      for (let readings = 1; ; readings += 1) {
        const result = await call(stateSchema, { path: path`/instances/${idInstance}/state` });
        if (result.kind !== 'problem' || result.status !== 429 || readings === mostReadings) return result;
        await sleep(rateLimitPauseMs);
      }
    },

    /** @param waitSeconds how long to wait for the confirmation, at most `longestWaitSeconds` @default 5, which the API decides */
    logOut: (idInstance: string, body: LogoutRequest, waitSeconds?: number) =>
      call(loggedOutSchema, {
        method: 'POST',
        path: path`/instances/${idInstance}/logout`,
        headers: waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` },
        body,
      }),

    /** @param key the same for a request that is sent again, so that it starts one run only */
    startRun: (body: RequestedRun<'api'>, key: string) => start(body, key),

    /** Starts a run over what is not confirmed in an earlier one. @param key as of `startRun` */
    retryRun: (retryOf: string, choice: RetryChoice, key: string) => start({ retryOf, ...choice }, key),

    /** One page, newest first. It may be empty and not the last. */
    readRunPage,

    /** Reads pages, newest first, until there are `limit` runs or no more. */
    listRuns: (limit: number, status?: string) =>
      readPages(
        (next) => readRunPage({ status, next }),
        ({ runs }) => runs,
        { limit },
      ),

    readRun: (id: string, signal?: AbortSignal) => call(runSchema, { path: path`/forced-logouts/${id}`, signal }),

    stopRun: (id: string) => call(acceptedRunSchema, { method: 'DELETE', path: path`/forced-logouts/${id}` }),

    readWatch: (id: string) => call(watchSchema, { path: path`/watches/${id}` }),

    stopWatch: (id: string) => call(acceptedRunSchema, { method: 'DELETE', path: path`/watches/${id}` }),
  };
};

export type Client = ReturnType<typeof createClient>;
