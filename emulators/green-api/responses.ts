import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';

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

/** The method takes effect, whatever the client gets to see. */
export const afterCarryingOut =
  (respond: Respond): Respond =>
  (exchange) => {
    exchange.carryOut();
    return respond(exchange);
  };

export const carryingOut: Respond = ({ response, carryOut }) => send(response, carryOut());

export const hanging: Respond = () => {};

export const resetting: Respond = ({ response }) => cut(response);

export const resettingIfReused: Respond = (exchange) => (exchange.reused ? resetting : carryingOut)(exchange);

export const slowHeaders: Respond = async ({ response, carryOut, delayMs }) => {
  const answer = carryOut();
  await pause(delayMs);
  send(response, answer);
};

export const slowBody: Respond = async ({ response, carryOut, delayMs }) => {
  const rest = sendHalf(response, carryOut());
  await pause(delayMs);
  response.end(rest);
};

export const hangingInBody: Respond = ({ response, carryOut }) => {
  sendHalf(response, carryOut());
};

export const resettingInBody: Respond = async ({ response, carryOut }) => {
  sendHalf(response, carryOut());
  // A reset at once would overtake the half that was sent.
  await pause(20);
  cut(response);
};

export const redirecting: Respond = ({ response, location }) =>
  send(response, { status: 302, headers: { location }, body: '' });

const sendHalf = (response: ServerResponse, { status, headers, body }: Answer): Buffer => {
  const bytes = Buffer.from(body);
  const middle = Math.ceil(bytes.length / 2);
  response.writeHead(status, { ...headers, 'content-length': bytes.length }).write(bytes.subarray(0, middle));
  return bytes.subarray(middle);
};

/** Only plain TCP can be reset; a TLS connection is dropped without a close message, which clients report alike. */
const cut = ({ socket }: ServerResponse): void => {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
};
