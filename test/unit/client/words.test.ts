import * as v from 'valibot';
import { describeFailure as inCommandLine } from '../../../cli/api/api.ts';
import { CommandFailed } from '../../../cli/errors.ts';
import { nearestOf } from '../../../cli/output/instances.ts';
import { formatBar } from '../../../cli/output/progress-bar.ts';
import { calledAs } from '../../../cli/program-name.ts';
import {
  describeOutcome,
  mayRetry,
  type Outcome,
  type Run,
  repeatableRequestSchema,
  sortOutcomes,
} from '../../../client/answers.ts';
import type { Failure } from '../../../client/result.ts';
import {
  describePhase,
  describeRequester,
  describeResult,
  describeStatus,
  shortRunId,
} from '../../../client/run-words.ts';
import { describeFailure as inPage } from '../../../console/page/describe-failure.ts';
import { phases } from '../../../functions/runs/phase.ts';

const problem = (status: number, fields: object = {}): Failure => ({
  kind: 'problem',
  status,
  body: '',
  mayTakeEffect: false,
  ...fields,
});

const changed = { mayTakeEffect: true };
const mayFollow = 'The call may still take effect. Check the state before you repeat it.';
const url = 'https://api.example.com/desk/instances';
const refused = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });

/** Each failure, the line of the command line, and the detail on the page. */
test.each<[string, Failure, string, string]>([
  [
    'a problem of the API',
    problem(404, { title: 'No such run', detail: 'Check its id.', code: 'unknown-run' }),
    'No such run. Check its id. [unknown-run]',
    'Check its id.',
  ],
  [
    'a header',
    problem(503, { title: 'Runs cannot be reached now', detail: 'Try again, with the same Idempotency-Key.' }),
    'Runs cannot be reached now. Try again, with the same --idempotency-key.',
    'Try again, with the same Idempotency-Key.',
  ],
  [
    'a port that fetch forbids',
    {
      kind: 'not-reached',
      why: 'not-connected',
      error: Object.assign(new TypeError('fetch failed'), { cause: new Error('bad port') }),
      url: 'http://127.0.0.1:6000/instances',
      mayTakeEffect: false,
    },
    'Nothing was sent: port 6000 belongs to another protocol. Check --url.',
    'No answer arrived. Check that the command that serves this page is still running, then try again.',
  ],
  [
    'a gateway that did not answer a reading in time',
    problem(503, { title: 'Service Unavailable' }),
    'HTTP 503: Service Unavailable. Try again in a moment.',
    'The service did not answer in time. Try again in a moment.',
  ],
  [
    'a gateway that did not answer a change in time',
    problem(503, { title: 'Service Unavailable', ...changed }),
    `HTTP 503: Service Unavailable. ${mayFollow}`,
    `The service did not answer in time. ${mayFollow}`,
  ],
  ['a failed gateway', problem(502, changed), `HTTP 502. ${mayFollow}`, mayFollow],
  [
    'too many requests',
    problem(429, { title: 'Too Many Requests' }),
    'HTTP 429: Too Many Requests. Try again in a moment.',
    'Too many requests. Wait a few seconds and try again.',
  ],
  ['another status', problem(418), 'HTTP 418.', 'HTTP status 418. Try again.'],
  [
    'a change that lost its connection',
    { kind: 'not-reached', why: 'connection-lost', error: new Error('x'), url, ...changed },
    `The connection to https://api.example.com failed (Error). ${mayFollow}`,
    `No answer arrived. ${mayFollow} Check that the command that serves this page is still running.`,
  ],
  [
    'a reading without an answer in time',
    { kind: 'not-reached', why: 'time-out', error: new Error('x'), url, mayTakeEffect: false },
    'https://api.example.com did not answer in time. Try again in a moment.',
    'No answer arrived. Check that the command that serves this page is still running, then try again.',
  ],
  [
    'nobody at the address',
    { kind: 'not-reached', why: 'not-connected', error: refused, url, mayTakeEffect: false },
    'Nothing answers at https://api.example.com (ECONNREFUSED). Check --url or --stack, and the network.',
    'No answer arrived. Check that the command that serves this page is still running, then try again.',
  ],
  [
    'a call that could not be signed',
    { kind: 'not-reached', why: 'not-sent', error: new CommandFailed('Log in again.'), mayTakeEffect: false },
    'Log in again.',
    'No answer arrived. Check that the command that serves this page is still running, then try again.',
  ],
  [
    'a body of another form',
    { kind: 'not-understood', why: 'form', status: 200, mayTakeEffect: false },
    'HTTP 200 with a body that this program does not understand. Check --url or --stack.',
    'The service answered in a form that this console does not know. Use a console of the same version.',
  ],
  [
    'a list without an end',
    { kind: 'not-understood', why: 'endless-list', status: 200, mayTakeEffect: false },
    'The API repeats a page of the list, or its list does not end. Check --url or --stack, and any proxy in front of it.',
    'The service repeats a page of the list, or its list does not end. Check any proxy in front of it.',
  ],
])('%s has words for both surfaces', (_name, failure, line, detail) => {
  expect(inCommandLine(failure)).toBe(line);
  expect(inPage(failure).detail).toBe(detail);
});

test('an outcome is described by why it was skipped and what became of the token', () => {
  const outcome = { idInstance: '1101000001', kind: 'logged-out', confirmed: true };
  const token = { kind: 'token-lost', detail: 'fetch it in the console' };

  expect(describeOutcome(outcome)).toBe('');
  expect(describeOutcome({ ...outcome, skipReason: 'protected' })).toBe('protected');
  expect(describeOutcome({ ...outcome, detail: 'late', token })).toBe(
    'late. token: token-lost. fetch it in the console',
  );
});

test('outcomes that need somebody come first', () => {
  const kinds = ['logged-out', 'skipped', 'unconfirmed', 'pending', 'ready'];
  const outcomes: readonly Outcome[] = kinds.map((kind) => ({ idInstance: kind, kind, confirmed: false }));

  expect(sortOutcomes(outcomes).map(({ kind }) => kind)).toEqual([
    'unconfirmed',
    'pending',
    'skipped',
    'logged-out',
    'ready',
  ]);
});

const counts = { total: 20, loggedOut: 17, failed: 2, skipped: 1, pending: 0, ready: 0 };
const nobody = { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0, ready: 0 };

test.each([
  [{ status: 'FAILED', progress: counts }, 'FAILED', '17 of 20 confirmed, 2 failed, 1 skipped'],
  [{ status: 'SUCCEEDED', progress: nobody }, 'SUCCEEDED (found nobody)', 'no instance was found'],
  [{ status: 'SUCCEEDED', progress: nobody, dryRun: true }, 'SUCCEEDED (drill, found nobody)', 'no instance was found'],
  [
    { status: 'SUCCEEDED', progress: { ...counts, loggedOut: 3, ready: 17, failed: 0, skipped: 0 }, dryRun: true },
    'SUCCEEDED (drill)',
    '17 of 20 ready, 3 already logged out',
  ],
  [{ status: 'STOPPED' }, 'STOPPED', ''],
  [{ status: 'RUNNING', dryRun: true }, 'RUNNING (drill)', ''],
])('a listed run %j is shown as %s with the result %j', (fields, status, result) => {
  const run = { id: 'api-1', source: 'api', startedAt: '2026-11-24T12:00:00.000Z', ...fields };

  expect([describeStatus(run), describeResult(run)]).toEqual([status, result]);
});

test.each([
  ['api', 'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID', 'SecurityDesk'],
  ['api', 'arn:aws:iam::111122223333:user/people/ann AIDAEXAMPLEID', 'ann'],
  [undefined, 'arn:aws:iam::111122223333:user/ann AIDAEXAMPLEID', 'ann'],
  ['schedule', 'schedule nightly', 'schedule nightly'],
  ['api', 'auth0|desk', 'auth0|desk'],
  ['offboarding', 'arn:aws:iam::111122223333:role/Admin hr-1', 'arn:aws:iam::111122223333:role/Admin hr-1'],
])('of the source %s, the requester %s is shown as %s', (source, requestedBy, shown) => {
  expect(describeRequester({ requestedBy, source })).toBe(shown);
});

test('a run is told apart by the end of its id', () => {
  expect(shortRunId('api-6367c48dd193d56ea7b0baad25b19455e529f5ee')).toBe('e529f5ee');
});

const instanceOf = (kind: string, skipReason?: string) => ({ idInstance: '1', kind, confirmed: false, skipReason });

test.each<[boolean, Partial<Run>]>([
  [false, { status: 'RUNNING' }],
  [false, { outcomes: [instanceOf('logged-out'), instanceOf('skipped', 'excepted')] }],
  [true, { outcomes: [instanceOf('logged-out'), instanceOf('skipped', 'protected')] }],
  [true, { status: 'FAILED', outcomes: [instanceOf('unconfirmed')] }],
  [true, { status: 'STOPPED' }],
  [true, { progress: nobody }],
])('whether a run may be tried again is %s: %j', (expected, part) => {
  const run = { id: 'api-1', status: 'SUCCEEDED', reason: '', requestedBy: '', startedAt: '', progress: counts };

  expect(mayRetry({ ...run, outcomes: [], ...part })).toBe(expected);
});

test.each(phases)('the phase %s has words', (phase) => {
  expect(describePhase(phase)).toMatch(/^(?:is|waits|looks|works) [a-z ]+$/);
});

test('a phase that this client does not know is shown as it is', () => {
  expect(describePhase('waiting-for-approval')).toBe('waiting-for-approval');
});

test.each([
  [{ done: 0, total: 0 }, '░░░░░░░░░░░░░░░░'],
  [{ done: 2, total: 2 }, '████████████████'],
  [{ done: 3_000, failed: 1, total: 3_001 }, '███████████████x'],
  [{ done: 1, failed: 1, skipped: 1, total: 4 }, '████xxxx----░░░░'],
  [{ done: 0, failed: 1, skipped: 1, total: 5 }, 'xxx---░░░░░░░░░░'],
  [{ done: 1, failed: 0, skipped: 3_000, total: 3_001 }, '█---------------'],
])('the bar of %j has a part for each', (parts, bar) => {
  expect(formatBar(parts)).toBe(bar);
});

test.each([
  [{}, 'green-api-logout'],
  [{ npm_lifecycle_event: 'cli' }, 'npm run cli --'],
  [{ npm_lifecycle_event: 'drain', npm_package_name: 'green-api-logout' }, 'npm run cli --'],
  [{ npm_lifecycle_event: 'npx', npm_package_name: 'infrastructure' }, 'npx green-api-logout'],
  [{ npm_lifecycle_event: 'offboard', npm_package_name: 'infrastructure' }, 'npx green-api-logout'],
])('with %j a command to paste begins with %s', (env, command) => {
  expect(calledAs(env)).toBe(command);
});

test.each([
  ['sals', ['sales']],
  ['Support', ['support', 'support-night']],
  ['warehouse', []],
])('near the group %s is %j', (group, near) => {
  const groups = ['sales', 'support', 'support-night', 'support'];
  const instances = groups.map((name, index) => ({ idInstance: String(index), group: name, protected: false }));

  expect(nearestOf(instances, { group })).toEqual(near);
});

test('the request of a retry is not sent again as it is, because its target is more than what it took', () => {
  const request = { target: { group: 'sales' }, maxTargets: 50, dryRun: true };

  expect(v.is(repeatableRequestSchema, request)).toBe(true);
  expect(v.is(repeatableRequestSchema, { ...request, only: ['1101000001'] })).toBe(false);
});
