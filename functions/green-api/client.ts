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

/** Sends one request when it is the turn of the instance. */
type Send = (
  options: Pick<Parameters<SendGet>[1], 'freshConnection' | 'timeoutMs'>,
  onSent?: () => void,
) => Promise<Sent>;

/** While Lambda is frozen between invocations, the server may close the connection. That is no failure of GREEN-API. */
const sendAgainIfStale = async (send: Send, onSent?: () => void): Promise<Sent> => {
  const first = await send({ freshConnection: false }, onSent);
  if (first.exchange.kind !== 'broken' || !first.exchange.staleConnection) return first;
  const second = await send({ freshConnection: true }, onSent);
  // The result of the first request matters more than the missing second one.
  return second.requests === 0 ? first : { ...second, requests: 2 };
};

/** Official clients wait up to 180 s. An answer that is not awaited is a token that nobody knows. In milliseconds. */
const longestUpdateMs = 60_000;

/** Sends on a connection of its own and never again: a second request could replace a token that nobody has seen. */
const sendOnce = async (send: Send): Promise<Sent> => {
  let isSent = false;
  const sent = await send({ freshConnection: true, timeoutMs: longestUpdateMs }, () => {
    isSent = true;
  });
  // An error before the request was written is one of the connection: GREEN-API has received nothing.
  return sent.exchange.kind === 'broken' && !isSent ? { ...sent, requests: 0 } : sent;
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
    deliver = sendAgainIfStale,
  ) => {
    const rateLimiter = createRateLimiter();
    /** @param onSent called when a request leaves, which is before anything is known of its answer */
    return async (
      { idInstance, credential }: Instance,
      deadline: Deadline,
      onSent?: () => void,
    ): Promise<Counted<Answer | GreenApiFailure>> => {
      const url = `${credential.apiUrl}/waInstance${idInstance}/${method}/${credential.apiTokenInstance}`;
      const send: Send = async (options, onThisSent) => {
        const slot = await rateLimiter.slot(idInstance, deadline);
        if (slot !== 'free') return { exchange: { kind: 'not-sent', failure: notSent[slot] }, requests: 0 };
        const onRequestSent = () => {
          rateLimiter.sent(idInstance);
          onThisSent?.();
        };
        return { exchange: await sendGet(url, { deadline, ...options, onSent: onRequestSent }), requests: 1 };
      };
      const { exchange, requests } = await deliver(send, onSent);
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
    updateApiToken: call('updateApiToken', parseUpdateTokenAnswer, sendOnce),
  } as const;
};

export type GreenApi = ReturnType<typeof createGreenApi>;
