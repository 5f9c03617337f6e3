import type { Method } from './instance.ts';
import {
  type Answer,
  afterCarryingOut,
  answering,
  hanging,
  hangingInBody,
  html,
  json,
  type Respond,
  redirecting,
  resetting,
  resettingIfReused,
  resettingInBody,
  slowBody,
  slowHeaders,
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

const floodOfHeaders = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`x-flood-${at}`, 'x'.repeat(1000)]));
const quota = { invokeStatus: { status: 'QUOTE_EXCEEDED', method: 'logout', used: 200, total: 200 } };
const code401 = json(200, { code: 401, description: 'Unauthorized' });
const hugeAnswer = () => json(200, { isLogout: true, padding: 'x'.repeat(10 * 1024 * 1024) });

const answers = (about: string, answer: Answer): Fault => ({ about, respond: answering(answer) });
const state = (about: string, stateInstance: string | null): Fault => ({
  ...answers(about, json(200, { stateInstance })),
  method: 'getStateInstance',
});
const loggedOutBut = (about: string, respond: Respond): Fault => ({
  about: `logs out, ${about}`,
  respond: afterCarryingOut(respond),
  method: 'logout',
});
const tokenChangedBut = (about: string, respond: Respond): Fault => ({
  about: `changes the token, ${about}`,
  respond: afterCarryingOut(respond),
  method: 'updateApiToken',
});

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

  'is-logout-false': { ...answers('200 with isLogout: false', json(200, { isLogout: false })), method: 'logout' },
  'still-authorized': {
    ...answers('200 with isLogout: true, and no logout', json(200, { isLogout: true })),
    method: 'logout',
  },
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
  'reset-when-reused': { about: 'resets a kept-alive connection; a fresh one works', respond: resettingIfReused },

  redirect: { about: '302 to location', respond: redirecting },
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
