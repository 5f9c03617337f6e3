import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { type Answer, send } from './answer.ts';

/** What a fault has to play with. */
export type Exchange = {
  readonly response: ServerResponse;
  /** Does what the method does to the instance, and says what GREEN-API would answer. */
  readonly carryOut: () => Answer;
  /** How long a slow fault takes, in milliseconds. */
  readonly delayMs: number;
  /** Where a redirect leads. */
  readonly location: string;
  /** Whether an earlier request came over the same connection. */
  readonly reused: boolean;
};

export type Play = (exchange: Exchange) => void | Promise<void>;

/** A pause that keeps no process alive. */
export const pause = (ms: number): Promise<void> => sleep(ms, undefined, { ref: false });

export const answering =
  (answer: Answer): Play =>
  ({ response }) =>
    send(response, answer);

/** The method takes effect, whatever the client is told. */
export const afterCarryingOut =
  (play: Play): Play =>
  (exchange) => {
    exchange.carryOut();
    return play(exchange);
  };

export const carryingOut: Play = ({ response, carryOut }) => send(response, carryOut());

export const hanging: Play = () => {};

export const resetting: Play = ({ response }) => cut(response);

export const resettingIfReused: Play = (exchange) => (exchange.reused ? resetting : carryingOut)(exchange);

export const slowHeaders: Play = async ({ response, carryOut, delayMs }) => {
  const answer = carryOut();
  await pause(delayMs);
  send(response, answer);
};

export const slowBody: Play = async ({ response, carryOut, delayMs }) => {
  const rest = sendHalf(response, carryOut());
  await pause(delayMs);
  response.end(rest);
};

export const hangingInBody: Play = ({ response, carryOut }) => {
  sendHalf(response, carryOut());
};

export const resettingInBody: Play = async ({ response, carryOut }) => {
  sendHalf(response, carryOut());
  // A reset at once would overtake the half that was sent.
  await pause(20);
  cut(response);
};

export const redirecting: Play = ({ response, location }) =>
  send(response, { status: 302, headers: { location }, body: '' });

const sendHalf = (response: ServerResponse, { status, headers, body }: Answer): Buffer => {
  const bytes = Buffer.from(body);
  const middle = Math.ceil(bytes.length / 2);
  response.writeHead(status, { ...headers, 'content-length': bytes.length }).write(bytes.subarray(0, middle));
  return bytes.subarray(middle);
};

/** Only plain TCP can be reset; a TLS connection is dropped without its goodbye, which clients report alike. */
const cut = ({ socket }: ServerResponse): void => {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
};
