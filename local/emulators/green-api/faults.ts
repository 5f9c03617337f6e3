import { type Answer, html, json, text } from './answer.ts';
import {
  afterCarryingOut,
  answering,
  hanging,
  hangingInBody,
  type Play,
  redirecting,
  resetting,
  resettingIfReused,
  resettingInBody,
  slowBody,
  slowHeaders,
} from './fault-plays.ts';
import type { Method } from './methods.ts';

/** One way of going wrong. */
export type Fault = {
  /** One line for a person. */
  readonly about: string;
  readonly play: Play;
  /** The method it concerns when the caller names none; otherwise every method. */
  readonly method?: Method;
};

const floodOfHeaders = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`x-flood-${at}`, 'x'.repeat(1000)]));
const quota = { invokeStatus: { status: 'QUOTE_EXCEEDED', method: 'logout', used: 200, total: 200 } };
const hugeAnswer = () => json(200, { isLogout: true, padding: 'x'.repeat(10 * 1024 * 1024) });

const says = (about: string, answer: Answer): Fault => ({ about, play: answering(answer) });
const state = (about: string, stateInstance: string | null): Fault => ({
  ...says(about, json(200, { stateInstance })),
  method: 'getStateInstance',
});
const loggedOutBut = (about: string, play: Play): Fault => ({ about, play: afterCarryingOut(play), method: 'logout' });

/** Every way in which GREEN-API, or the network on the way to it, is known to answer other than it should. */
export const faults = {
  starting: says('400, still starting', text(400, 'instance in starting process try later')),
  'starting-or-not-authorized': says('400, starting or not', text(400, 'instance is starting or not authorized')),
  'not-authorized': says('400, the older text', text(400, 'instance account not authorized')),
  expired: says(
    '400, unpaid',
    text(400, 'Instance account is expired. Renew your instance from personal area https://console.green-api.com'),
  ),
  deleted: says('400, deleted', text(400, 'Instance is deleted')),
  'bad-request-data': says('400, our request was wrong', text(400, 'bad request data')),
  'validation-failed': says('400, our request was wrong', json(400, { message: "Validation failed. Details: 'id'" })),
  'http-401-text': says('401, bad token', text(401, 'Unauthorized')),
  'http-401-json': says('401, bad token', json(401, { message: 'Unauthorized' })),
  'http-403-html': says('403, wrong instance or host', html(403, '403 Forbidden')),
  'http-403-text': says('403, wrong instance or host', text(403, 'Forbidden')),
  'http-404': says('404, wrong verb or method', text(404, 'Not Found')),
  'http-408': says('408, the server waited too long', text(408, 'Request Timeout')),
  'http-429': says('429, too many requests', text(429, 'Too Many Requests')),
  'http-466': says('466, monthly quota of the free plan', json(466, quota)),
  'http-499': says('499, the server says we gave up', text(499, 'Client Closed Request')),
  'http-500': says('500', text(500, 'Internal Server Error')),
  'http-502': says('502', html(502, '502 Bad Gateway')),
  'http-503': says('503', html(503, '503 Service Temporarily Unavailable')),
  'http-504-html': says('504', html(504, '504 Gateway Time-out')),

  'null-answer': says('200 with null', json(200, null)),
  'false-answer': says('200 with false', json(200, false)),
  'empty-object': says('200 with {}', json(200, {})),
  'empty-answer': says('200 with no body', text(200, '')),
  'html-answer': says('200 with a page of HTML', html(200, 'Welcome')),
  'code-401': says('200 that says 401: bad token', json(200, { code: 401, description: 'Unauthorized' })),

  'is-logout-false': { ...says('200 with isLogout: false', json(200, { isLogout: false })), method: 'logout' },
  'still-authorized': {
    ...says('200 with isLogout: true, and no logout', json(200, { isLogout: true })),
    method: 'logout',
  },
  'logged-out-but-500': loggedOutBut('logs out, answers 500', answering(text(500, 'Internal Server Error'))),
  'logged-out-but-504': loggedOutBut('logs out, answers 504', answering(html(504, '504 Gateway Time-out'))),
  'logged-out-but-reset': loggedOutBut('logs out, then resets the connection', resetting),
  'logged-out-but-hang': loggedOutBut('logs out, never answers', hanging),

  'state-null': state('200 with stateInstance: null', null),
  'state-unknown': state('200 with a state nobody knows', 'someNewState'),
  'state-not-authorized': state('says notAuthorized, whatever the state', 'notAuthorized'),
  'state-authorized': state('says authorized, whatever the state', 'authorized'),

  slow: { about: 'answers after delayMs', play: slowHeaders },
  'slow-body': { about: 'half the body, the rest after delayMs', play: slowBody },
  hang: { about: 'never answers', play: hanging },
  'hang-in-body': { about: 'half the body, then nothing', play: hangingInBody },
  reset: { about: 'resets the connection before the headers', play: resetting },
  'reset-in-body': { about: 'resets the connection after half the body', play: resettingInBody },
  'reset-when-reused': { about: 'resets a kept-alive connection; a fresh one works', play: resettingIfReused },

  redirect: { about: '302 to location', play: redirecting },
  'huge-body': {
    about: '200 with 10 MB of JSON',
    play: (exchange) => answering(hugeAnswer())(exchange),
  },
  'not-utf8': {
    about: '200 with bytes that are not UTF-8',
    play: answering({ ...json(200, {}), body: Buffer.from('7b22ff80c3282230', 'hex') }),
  },
  'header-flood': {
    about: '200 with 500 KB of headers',
    play: answering({ ...json(200, { isLogout: true }), headers: floodOfHeaders }),
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as readonly FaultName[];

export const faultNamed = (name: FaultName): Fault => faults[name];
