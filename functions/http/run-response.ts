import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { RunStatus, UnknownRun } from '../runs/lambda/find-run.ts';
import type { Run } from '../runs/lambda/read-run.ts';
import type { RetryRefusal } from '../runs/retry.ts';
import type { RunName } from '../runs/run-name.ts';
import type { WatchName } from '../runs/start-watch.ts';
import type { Watch } from '../watch/read-watch.ts';
import { jsonResponse, type Problem, problemResponse } from './response.ts';

const paths = { run: '/forced-logouts', watch: '/watches' } as const;

type What = keyof typeof paths;

/** A run that was started, or a run or watch that was stopped; `Location` is where its results can be read. */
export const accepted = (what: What, id: RunName | WatchName, status: RunStatus) =>
  jsonResponse(202, { id, status }, { location: `${paths[what]}/${id}` });

export const runResponse = (
  id: RunName,
  { kind: _, status, source, phase, nextActionAt, note, watch, retryOf, ...run }: Run,
) => jsonResponse(200, { id, status, source, phase, nextActionAt, note, watch, retryOf, ...run });

type Row = Omit<Problem, 'detail' | 'members'> & { readonly advice: string };

const rows = {
  'unknown-run': {
    code: 'unknown-run',
    status: 404,
    title: 'There is no such run',
    advice:
      'Compare the id with the one the run was started with. A new run may take some seconds to appear: try again. An ended run is deleted when its retention is over.',
  },
  denied: {
    code: 'runs-denied',
    status: 500,
    title: 'This service lacks a right for runs',
    advice: 'Correct the deployment: its role, its run function or the alias of that function.',
  },
  throttled: {
    code: 'unavailable',
    status: 503,
    title: 'Lambda throttles the calls for runs',
    advice: 'Try again.',
    retryAfter: 2,
  },
  unavailable: {
    code: 'unavailable',
    status: 503,
    title: 'Runs cannot be reached now',
    advice: 'Try again, with the same Idempotency-Key if you start a run.',
    retryAfter: 5,
  },
} as const satisfies Record<(UnknownRun | LambdaFailure)['kind'], Row>;

const unknownWatch: Row = {
  code: 'unknown-watch',
  status: 404,
  title: 'There is no such watch',
  advice:
    'Compare the id with the `watch` of its run. A new watch may take some seconds to appear: try again. An ended watch is deleted when its retention is over.',
};

export const runProblem = (failure: UnknownRun | LambdaFailure, what: What = 'run') => {
  const isUnknownWatch = what === 'watch' && failure.kind === 'unknown-run';
  const { advice, ...problem } = isUnknownWatch ? unknownWatch : rows[failure.kind];
  return problemResponse({ ...problem, detail: 'detail' in failure ? `${failure.detail}. ${advice}` : advice });
};

export const keyReused = () =>
  problemResponse({
    code: 'idempotency-key-reused',
    status: 409,
    title: 'This Idempotency-Key belongs to another request',
    detail: 'You started a run with this key and another body. Use a new key for a new run.',
  });

const refusals = {
  'run-not-ended': {
    title: 'The run has not ended',
    detail: 'The run tries again by itself until it expires. Wait for its end, or stop it first.',
  },
  'run-stopped': {
    title: 'Somebody stopped the run',
    detail: 'Ask first. To retry the run, set evenIfStopped to true.',
  },
  'nothing-to-retry': {
    title: 'There is nothing to try again',
    detail: 'Every instance of the run is confirmed. Start a new run to log its target out once more.',
  },
  'not-repeatable': {
    title: 'The run cannot be tried again',
    detail: 'The request or the outcomes of the run cannot be read. Start a new run over the same target.',
  },
} as const satisfies Record<RetryRefusal['refusal'], Pick<Problem, 'title' | 'detail'>>;

export const retryRefused = ({ refusal, stoppedBy }: RetryRefusal) => {
  const { title, detail } = refusals[refusal];
  const by = stoppedBy === undefined ? '' : `It was stopped by ${stoppedBy}. `;
  return problemResponse({ code: refusal, status: 409, title, detail: `${by}${detail}` });
};

/** Too late: the caller wanted to prevent logouts that may have been carried out. */
export const endedBefore = (what: What, status: RunStatus) =>
  problemResponse({
    code: `${what}-ended`,
    status: 409,
    title: `The ${what} had ended before it could be stopped`,
    detail: `The ${what} ended as ${status}. Read it with GET to see ${what === 'run' ? 'who was logged out' : 'what it found'}.`,
  });

export const watchResponse = (id: WatchName, { kind: _, status, nextActionAt, note, ...watch }: Watch) =>
  jsonResponse(200, { id, status, nextActionAt, note, ...watch });
