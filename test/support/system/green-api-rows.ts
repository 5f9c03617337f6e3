import type { FaultName } from '../../../emulators/green-api/faults.ts';
import type { FailureKind } from '../../../functions/logout/outcome.ts';
import type { BrokenHostName } from './broken-hosts.ts';
import type { FunctionEnding, FunctionText, RunText } from './cell-texts.ts';
import type { FunctionColumn, RunColumn } from './green-api-cells.ts';

/** The result of one fault at each function and call. `runQueue` is the result of clearing the queue, after a confirmed logout. */
export type Row = Readonly<Record<FunctionColumn, FunctionText>> &
  Readonly<Record<Exclude<RunColumn, 'runQueue'>, RunText>> & { readonly runQueue: 'cleared' | 'not cleared' };

/** A host that breaks, breaks every method. */
export type HostRow = Pick<Row, 'unwaited' | 'every' | 'runEvery'>;

/** The logout was taken; that the state cannot be read then leaves it unconfirmed. */
const unread = {
  reading: '502 unconfirmed, 1 + some',
  runReading: 'unconfirmed, once',
  runQueue: 'not cleared',
} as const;

type EndingOf<Kind extends FailureKind> = Extract<FunctionEnding, `${number} ${Kind}`>;

/** GREEN-API would say the same again: nothing is retried, no state is read. */
const lasting = <Kind extends FailureKind>(ending: EndingOf<Kind>, kind: Kind): Row => ({
  ...unread,
  logout: `${ending}, 1 + 0`,
  unwaited: `${ending}, 1 + 0`,
  every: `${ending}, 1 + 0`,
  runLogout: `${kind}, once`,
  runReading: `${kind}, once`,
  runEvery: `${kind}, once`,
});

/** GREEN-API did not act and may later: a run asks again until it expires. */
const passing = <Kind extends FailureKind>(ending: EndingOf<Kind>, kind: Kind): Row => ({
  ...unread,
  logout: `${ending}, 1 + 0`,
  unwaited: `${ending}, 1 + 0`,
  every: `${ending}, 1 + 0`,
  runLogout: `${kind}, again`,
  runEvery: `${kind}, again`,
});

/** It is unknown whether GREEN-API acted: the state is read once at any wait. Here it is `authorized`, or cannot be read. */
const ambiguous = <Kind extends FailureKind>(ending: EndingOf<Kind>, kind: Kind): Row => ({
  ...unread,
  logout: `${ending}, 1 + some`,
  unwaited: `${ending}, 1 + 1`,
  every: `${ending}, 1 + some`,
  runLogout: `${kind}, again`,
  runEvery: `${kind}, again`,
});

const unavailable = ambiguous('503 unavailable', 'unavailable');
const rejected = lasting('502 credential-rejected', 'credential-rejected');
const unknownThere = lasting('502 wrong-instance-or-host', 'wrong-instance-or-host');
const refusedRequest = lasting('502 request-refused', 'request-refused');
const notAuthorized = ambiguous('502 unconfirmed', 'unconfirmed');

/** GREEN-API acted and its answer was lost: the state confirms it, and no `isLogout` is reported that GREEN-API did not send. */
const doneAnyway: Row = {
  ...unread,
  logout: '200 logged-out, 1 + some',
  unwaited: '200 logged-out, 1 + 1',
  every: '200 logged-out, 1 + some',
  runLogout: 'logged-out, once',
  runEvery: 'logged-out, once',
};

/** The state is something else than it should be, or than anybody knows. */
const wrongState: Row = { ...unavailable, every: '502 unconfirmed, 1 + some', runEvery: 'unconfirmed, once' };

/** It takes its time, and is in time. */
const slow: Row = {
  logout: '200 logged-out, 1 + some',
  unwaited: '202 logged-out, 1 + 0',
  reading: '200 logged-out, 1 + some',
  every: '200 logged-out, 1 + some',
  runLogout: 'logged-out, once',
  runReading: 'logged-out, once',
  runQueue: 'cleared',
  runEvery: 'logged-out, once',
};

export const greenApiRows = {
  starting: passing('503 instance-starting', 'instance-starting'),
  'starting-or-not-authorized': notAuthorized,
  'not-authorized': notAuthorized,
  // A run of an hour or longer would find it final.
  expired: passing('409 instance-expired', 'instance-expired'),
  deleted: lasting('409 instance-deleted', 'instance-deleted'),
  'bad-request-data': refusedRequest,
  'validation-failed': refusedRequest,
  'http-401-text': rejected,
  'http-401-json': rejected,
  'http-403-html': unknownThere,
  'http-403-text': unknownThere,
  'http-404': unknownThere,
  'http-408': unavailable,
  'http-429': passing('429 rate-limited', 'rate-limited'),
  'http-466': lasting('502 quota-exceeded', 'quota-exceeded'),
  'http-499': unavailable,
  'http-500': unavailable,
  'http-502': unavailable,
  'http-503': unavailable,
  'http-504-html': unavailable,
  'null-answer': unavailable,
  'false-answer': unavailable,
  'empty-object': unavailable,
  'empty-answer': unavailable,
  'html-answer': unavailable,
  'code-401': rejected,
  'is-logout-false': ambiguous('502 refused', 'refused'),
  'still-authorized': {
    ...unread,
    logout: '502 unconfirmed, 1 + some',
    unwaited: '202 logged-out, 1 + 0',
    every: '502 unconfirmed, 1 + some',
    runLogout: 'unconfirmed, again',
    runEvery: 'unconfirmed, again',
  },
  'logged-out-but-500': doneAnyway,
  'logged-out-but-504': doneAnyway,
  'logged-out-but-reset': doneAnyway,
  'logged-out-but-hang': doneAnyway,
  // Here they meet the logout, which is carried out as well; where no method is named they meet no logout.
  'token-changed-but-500': doneAnyway,
  'token-changed-but-reset': doneAnyway,
  'token-changed-but-hang': doneAnyway,
  'token-changed-but-empty-object': doneAnyway,
  'token-changed-but-code-401': { ...rejected, every: '200 logged-out, 1 + some', runEvery: 'logged-out, once' },
  'state-null': wrongState,
  'state-unknown': wrongState,
  // GREEN-API itself says that the session has ended: there is no better witness.
  'state-not-authorized': {
    ...unavailable,
    reading: '200 logged-out, 1 + some',
    every: '200 logged-out, 1 + some',
    runReading: 'logged-out, once',
    runEvery: 'logged-out, once',
  },
  // While it is authorized, one more logout is sent.
  'state-authorized': { ...wrongState, runReading: 'unconfirmed, again', runEvery: 'unconfirmed, again' },
  slow,
  'slow-body': slow,
  hang: ambiguous('504 timed-out', 'timed-out'),
  'hang-in-body': { ...doneAnyway, every: '504 timed-out, 1 + some', runEvery: 'timed-out, again' },
  reset: unavailable,
  'reset-in-body': { ...doneAnyway, every: '503 unavailable, 1 + some', runEvery: 'unavailable, again' },
  // The only request that is ever repeated at once: it was sent where nobody listened any more.
  'reset-when-reused': {
    ...slow,
    logout: '200 logged-out, 2 + some',
    unwaited: '202 logged-out, 2 + 0',
    every: '200 logged-out, 2 + some',
  },
  redirect: refusedRequest,
  'huge-body': unavailable,
  'not-utf8': unavailable,
  'header-flood': unavailable,
} as const satisfies Record<FaultName, Row>;

export const hostRows = {
  'connection refused': unavailable,
  'name not found': unavailable,
  'self-signed certificate': unavailable,
  'no TLS where TLS should be': unavailable,
  'hangs up without an answer': unavailable,
  'hangs up in the middle of the body': unavailable,
  'speaks no HTTP': unavailable,
  'an endless header': unavailable,
  'echoes the path with 200': unavailable,
  'echoes the path with 302': refusedRequest,
  'echoes the path with 400': refusedRequest,
  'echoes the path with 404': unknownThere,
  'echoes the path with 500': unavailable,
} as const satisfies Record<BrokenHostName, HostRow>;
