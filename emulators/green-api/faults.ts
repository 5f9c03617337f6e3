import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Method } from './instance.ts';
import {
  type Answer,
  answering,
  carryingOut,
  code401,
  html,
  json,
  pause,
  type Respond,
  send,
  text,
} from './responses.ts';

/** One way of going wrong. */
type Fault = {
  /** One line for a person. */
  readonly about: string;
  readonly respond: Respond;
  /** The method it concerns when the caller names none; otherwise every method. */
  readonly method?: Method;
};

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

const hanging: Respond = () => {};

const resetting: Respond = ({ response }) => cut(response);

const slowHeaders: Respond = async ({ response, carryOut, delayMs }) => {
  const answer = carryOut();
  await pause(delayMs);
  send(response, answer);
};

const slowBody: Respond = async ({ response, carryOut, delayMs }) => {
  const rest = sendHalf(response, carryOut());
  await pause(delayMs);
  response.end(rest);
};

const hangingInBody: Respond = ({ response, carryOut }) => {
  sendHalf(response, carryOut());
};

const resettingInBody: Respond = async ({ response, carryOut }) => {
  sendHalf(response, carryOut());
  // A reset at once would overtake the half that was sent.
  await pause(20);
  cut(response);
};

const floodOfHeaders = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`x-flood-${at}`, 'x'.repeat(1000)]));
const quota = { invokeStatus: { status: 'QUOTE_EXCEEDED', method: 'logout', used: 200, total: 200 } };
/** Made when it is first asked for, and once: 10 MB. */
let huge: Answer | undefined;
const hugeAnswer = (): Answer => {
  huge ??= json(200, { isLogout: true, padding: 'x'.repeat(10 * 1024 * 1024) });
  return huge;
};

const answers = (about: string, answer: Answer, method?: Method): Fault => ({
  about,
  respond: answering(answer),
  ...(method && { method }),
});
const state = (about: string, stateInstance: string | null): Fault =>
  answers(about, json(200, { stateInstance }), 'getStateInstance');
/** The method takes effect, whatever the client gets to see. */
const carriedOutBut =
  (done: string, method: Method) =>
  (about: string, respond: Respond): Fault => ({
    about: `${done}, ${about}`,
    respond: (exchange) => {
      exchange.carryOut();
      return respond(exchange);
    },
    method,
  });
const loggedOutBut = carriedOutBut('logs out', 'logout');
const tokenChangedBut = carriedOutBut('changes the token', 'updateApiToken');

/** Every way in which GREEN-API, or the network on the way to it, is known to answer other than it should. */
const table = {
  starting: answers('400, still starting', text(400, 'instance in starting process try later')),
  'starting-or-not-authorized': answers('400, starting or not', text(400, 'instance is starting or not authorized')),
  'not-authorized': answers('400, the older text', text(400, 'instance account not authorized')),
  expired: answers(
    '400, unpaid',
    text(400, 'Instance account is expired. Renew your instance from personal area https://console.green-api.com'),
  ),
  deleted: answers('400, deleted', text(400, 'Instance is deleted')),
  'bad-request-data': answers('400, our request was wrong', text(400, 'bad request data')),
  'validation-failed': answers(
    '400, our request was wrong',
    json(400, { message: "Validation failed. Details: 'id'" }),
  ),
  'http-401-text': answers('401, bad token', text(401, 'Unauthorized')),
  'http-401-json': answers('401, bad token', json(401, { message: 'Unauthorized' })),
  'http-403-html': answers('403, wrong instance or host', html(403, '403 Forbidden')),
  'http-403-text': answers('403, wrong instance or host', text(403, 'Forbidden')),
  'http-404': answers('404, wrong verb or method', text(404, 'Not Found')),
  'http-408': answers('408, the server waited too long', text(408, 'Request Timeout')),
  'http-429': answers('429, too many requests', text(429, 'Too Many Requests')),
  'http-466': answers('466, monthly quota of the free plan', json(466, quota)),
  'http-499': answers('499, the server reports that we gave up', text(499, 'Client Closed Request')),
  'http-500': answers('500', text(500, 'Internal Server Error')),
  'http-502': answers('502', html(502, '502 Bad Gateway')),
  'http-503': answers('503', html(503, '503 Service Temporarily Unavailable')),
  'http-504-html': answers('504', html(504, '504 Gateway Time-out')),

  'null-answer': answers('200 with null', json(200, null)),
  'false-answer': answers('200 with false', json(200, false)),
  'empty-object': answers('200 with {}', json(200, {})),
  'empty-answer': answers('200 with no body', text(200, '')),
  'html-answer': answers('200 with a page of HTML', html(200, 'Welcome')),
  'code-401': answers('200 that reports 401: bad token', code401),

  'is-logout-false': answers('200 with isLogout: false', json(200, { isLogout: false }), 'logout'),
  'still-authorized': answers('200 with isLogout: true, and no logout', json(200, { isLogout: true }), 'logout'),
  'logged-out-but-500': loggedOutBut('answers 500', answering(text(500, 'Internal Server Error'))),
  'logged-out-but-504': loggedOutBut('answers 504', answering(html(504, '504 Gateway Time-out'))),
  'logged-out-but-reset': loggedOutBut('then resets the connection', resetting),
  'logged-out-but-hang': loggedOutBut('never answers', hanging),

  'token-changed-but-500': tokenChangedBut('answers 500', answering(text(500, 'Internal Server Error'))),
  'token-changed-but-reset': tokenChangedBut('then resets the connection', resetting),
  'token-changed-but-hang': tokenChangedBut('never answers', hanging),
  'token-changed-but-empty-object': tokenChangedBut('answers 200 with {}', answering(json(200, {}))),
  'token-changed-but-code-401': tokenChangedBut('answers 200 that reports 401', answering(code401)),

  'state-null': state('200 with stateInstance: null', null),
  'state-unknown': state('200 with an unknown state', 'someNewState'),
  'state-not-authorized': state('reports notAuthorized, whatever the state', 'notAuthorized'),
  'state-authorized': state('reports authorized, whatever the state', 'authorized'),

  slow: { about: 'answers after delayMs', respond: slowHeaders },
  'slow-body': { about: 'half the body, the rest after delayMs', respond: slowBody },
  hang: { about: 'never answers', respond: hanging },
  'hang-in-body': { about: 'half the body, then nothing', respond: hangingInBody },
  reset: { about: 'resets the connection before the headers', respond: resetting },
  'reset-in-body': { about: 'resets the connection after half the body', respond: resettingInBody },
  'reset-when-reused': {
    about: 'resets a kept-alive connection; a fresh one works',
    respond: (exchange) => (exchange.reused ? resetting : carryingOut)(exchange),
  },

  redirect: {
    about: '302 to location',
    respond: ({ response, location }) => send(response, { status: 302, headers: { location }, body: '' }),
  },
  'huge-body': {
    about: '200 with 10 MB of JSON',
    respond: (exchange) => answering(hugeAnswer())(exchange),
  },
  'not-utf8': {
    about: '200 with bytes that are not UTF-8',
    respond: answering({ ...json(200, {}), body: Buffer.from('7b22ff80c3282230', 'hex') }),
  },
  'header-flood': {
    about: '200 with 500 KB of headers',
    respond: answering({ ...json(200, { isLogout: true }), headers: floodOfHeaders }),
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof table;

export const faultNames = Object.keys(table) as readonly FaultName[];

export const faults: Readonly<Record<FaultName, Fault>> = table;

export type FaultOptions = {
  /** @default the method the fault is about, or else every method */
  readonly method?: Method;
  /** How many requests it meets before it is over. @default until it is cleared */
  readonly times?: number;
  /** How long a slow fault takes, in milliseconds. @default 2000 */
  readonly delayMs?: number;
  /** Where a redirect leads. @default 'https://elsewhere.example.com/' */
  readonly location?: string;
};

export type TransientFaults = {
  /** The share of requests that meet a fault, from 0 to 1. */
  readonly rate: number;
  /** The same seed gives the same faults in the same order. */
  readonly seed: number;
};

const transient = ['http-500', 'http-502', 'reset', 'http-429'] as const satisfies readonly FaultName[];

/** Draws, for each request, a transient fault or none. */
export const createTransientFaults = ({ rate, seed }: TransientFaults): (() => FaultName | undefined) => {
  let drawn = 0;
  return () => {
    drawn += 1;
    const random = createHash('sha256').update(`${seed} ${drawn}`).digest();
    return random.readUInt32BE(0) < rate * 2 ** 32 ? transient[random.readUInt8(4) % transient.length] : undefined;
  };
};
