import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export type Reply = { readonly status: number; readonly body: string; readonly headers: IncomingHttpHeaders };

type CallOptions = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly agent?: Agent;
  readonly ca?: string;
  readonly signal?: AbortSignal;
};

/** One request as Node sends it: no redirect followed, nothing retried. */
export const call = async (url: string, { body, ca, ...options }: CallOptions = {}): Promise<Reply> => {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const send = url.startsWith('https:') ? secureRequest : request;
  const sent = send(url, { agent: false, ...options, ...(ca && { ca }) }, (response) => {
    text(response).then(
      (received) => resolve({ status: response.statusCode ?? 0, body: received, headers: response.headers }),
      reject,
    );
  });
  sent.on('error', reject);
  sent.end(typeof body === 'string' ? body : body && JSON.stringify(body));
  return promise;
};
