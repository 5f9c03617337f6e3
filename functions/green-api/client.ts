import type { Deadline } from '../platform/deadline.ts';
import type { Credential } from './credential.ts';
import type { Exchange, SendGet } from './exchange.ts';
import type { InstanceId } from './instance-id.ts';
import type { RateLimiter } from './rate-limiter.ts';
import {
  type GreenApiFailure,
  parseClearQueueAnswer,
  parseLogoutAnswer,
  parseStateAnswer,
  parseUpdateTokenAnswer,
} from './responses.ts';

/** The instance a call is about, with its credential. */
export type Instance = { readonly idInstance: InstanceId; readonly credential: Credential };

/** An answer and how many requests were sent for it: 0, 1, or 2 if a kept-alive connection turned out to be dead. */
export type Counted<Answer> = Answer & {
  readonly requests: number;
  /** The answer belongs to a second request. GREEN-API may have carried out the first one too. */
  readonly resent?: true;
};

/** @param onSent called when a request leaves, which is before anything is known of its answer */
type Call<Answer> = (instance: Instance, deadline: Deadline, onSent?: () => void) => Promise<Counted<Answer>>;

export type GreenApiDependencies = {
  readonly sendGet: SendGet;
  /** Called once for each method, because GREEN-API limits each method of an instance by itself. */
  readonly createRateLimiter: () => RateLimiter;
};

const notSent = {
  'too-late': { kind: 'timed-out', detail: 'there was no time left to call GREEN-API' },
  'queue-full': { kind: 'rate-limited', detail: 'too many calls of this instance at once' },
} as const satisfies Record<string, GreenApiFailure>;

type Sent = {
  readonly exchange: Exchange | { readonly kind: 'not-sent'; readonly failure: GreenApiFailure };
  readonly requests: number;
};

type Send = (idInstance: InstanceId, url: string, deadline: Deadline, onSent?: () => void) => Promise<Sent>;

const createSend =
  (sendGet: SendGet, rateLimiter: RateLimiter): Send =>
  async (idInstance, url, deadline, onSent) => {
    let stale: Exchange | undefined;
    for (let requests = 0; ; ) {
      const slot = await rateLimiter.slot(idInstance, deadline);
      // The result of the first request matters more than the missing second one.
      if (slot !== 'free') return { exchange: stale ?? { kind: 'not-sent', failure: notSent[slot] }, requests };

      const exchange = await sendGet(url, {
        deadline,
        freshConnection: requests > 0,
        onSent: () => {
          rateLimiter.sent(idInstance);
          onSent?.();
        },
      });
      requests += 1;
      // While Lambda is frozen between invocations, the server may close the connection. That is no failure of GREEN-API.
      const isStale = exchange.kind === 'broken' && exchange.staleConnection;
      if (!isStale || requests > 1) return { exchange, requests };
      stale = exchange;
    }
  };

/** Official clients wait up to 180 s. An answer that is not awaited is a token that nobody knows. In milliseconds. */
const longestUpdateMs = 60_000;

/** Sends on a connection of its own and never again: a second request could replace a token that nobody has seen. */
const createSendOnce =
  (sendGet: SendGet, rateLimiter: RateLimiter): Send =>
  async (idInstance, url, deadline) => {
    const slot = await rateLimiter.slot(idInstance, deadline);
    if (slot !== 'free') return { exchange: { kind: 'not-sent', failure: notSent[slot] }, requests: 0 };

    let isSent = false;
    const onSent = () => {
      isSent = true;
      rateLimiter.sent(idInstance);
    };
    const exchange = await sendGet(url, { deadline, freshConnection: true, timeoutMs: longestUpdateMs, onSent });
    // An error before the request was written is one of the connection: GREEN-API has received nothing.
    return { exchange, requests: exchange.kind === 'broken' && !isSent ? 0 : 1 };
  };

const meaningOf = <Answer>(
  exchange: Sent['exchange'],
  parse: (status: number, text: string) => Answer,
): Answer | GreenApiFailure => {
  switch (exchange.kind) {
    case 'answered':
      return parse(exchange.status, exchange.text);
    case 'broken':
      return { kind: 'unavailable', detail: `no answer from GREEN-API: ${exchange.detail}` };
    case 'timed-out':
      return { kind: 'timed-out', detail: 'GREEN-API did not answer in time' };
    case 'not-sent':
      return exchange.failure;
  }
};

/** Makes the calls of methods that answer a GET. Each has a rate limiter of its own. */
export const createCaller =
  ({ sendGet, createRateLimiter }: GreenApiDependencies) =>
  <Answer extends { readonly kind: string }>(
    method: string,
    parse: (status: number, text: string) => Answer | GreenApiFailure,
    createSender = createSend,
  ): Call<Answer | GreenApiFailure> => {
    const send = createSender(sendGet, createRateLimiter());
    return async ({ idInstance, credential }, deadline, onSent) => {
      const url = `${credential.apiUrl}/waInstance${idInstance}/${method}/${credential.apiTokenInstance}`;
      const { exchange, requests } = await send(idInstance, url, deadline, onSent);
      return { ...meaningOf(exchange, parse), requests, ...(requests > 1 && { resent: true }) };
    };
  };

/**
 * GREEN-API's methods, each called at most once per 1.1 s and instance. They return every failure as a value and never reject.
 * No answer before the deadline is `timed-out`. No value holds the URL or a token, except the answer `token-updated`.
 */
export const createGreenApi = (dependencies: GreenApiDependencies) => {
  const call = createCaller(dependencies);
  return {
    logout: call('logout', parseLogoutAnswer),
    readState: call('getStateInstance', parseStateAnswer),
    clearQueue: call('clearMessagesQueue', parseClearQueueAnswer),
    /** Replaces the token. Sent at most once, even if the connection breaks; `requests` is 0 if it was certainly not sent. */
    updateApiToken: call('updateApiToken', parseUpdateTokenAnswer, createSendOnce),
  } as const;
};

export type GreenApi = ReturnType<typeof createGreenApi>;
