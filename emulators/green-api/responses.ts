import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export type Answer = {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
};

export const text = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});

/** How `updateApiToken`, and some other methods, reject a token: with HTTP 200. */
export const code401 = json(200, { code: 401, description: 'Unauthorized' });

export const html = (status: number, title: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center></body>\r\n</html>\r\n`,
});

export const send = (response: ServerResponse, { status, headers, body }: Answer): void => {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
};

/** What a way of responding has to work with. */
export type Exchange = {
  readonly response: ServerResponse;
  /** Does what the method does to the instance, and returns what GREEN-API would answer. */
  readonly carryOut: () => Answer;
  /** How long a slow fault takes, in milliseconds. */
  readonly delayMs: number;
  /** Where a redirect leads. */
  readonly location: string;
  /** Whether an earlier request came over the same connection. */
  readonly reused: boolean;
};

/** One way of responding to a request. */
export type Respond = (exchange: Exchange) => void | Promise<void>;

/** A pause that keeps no process alive. */
export const pause = (ms: number): Promise<void> => sleep(ms, undefined, { ref: false });

export const answering =
  (answer: Answer) =>
  ({ response }: Pick<Exchange, 'response'>): void =>
    send(response, answer);

export const carryingOut: Respond = ({ response, carryOut }) => send(response, carryOut());
