import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { RunStatus, UnknownRun } from '../runs/lambda/find-run.ts';
import type { Run } from '../runs/lambda/read-run.ts';
import type { RetryRefusal } from '../runs/retry.ts';
import type { RunName } from '../runs/run-name.ts';
import type { WatchName } from '../runs/start-watch.ts';
import type { Watch } from '../watch/read-watch.ts';
import { jsonResponse, type Problem, problemResponse } from './response.ts';

/** A run that was started or stopped; `Location` is where its results can be read. */
export const acceptedRun = (id: RunName, status: RunStatus): APIGatewayProxyStructuredResultV2 =>
  jsonResponse(202, { id, status }, { location: `/forced-logouts/${id}` });

export const runResponse = (
  id: RunName,
  { kind: _, status, source, phase, nextActionAt, note, watch, retryOf, ...run }: Run,
): APIGatewayProxyStructuredResultV2 =>
  jsonResponse(200, { id, status, source, phase, nextActionAt, note, watch, retryOf, ...run });

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
    title: 'This service is not allowed to do that with runs',
    advice: 'Correct the deployment: its role, its run function or the alias of that function.',
  },
  throttled: {
    code: 'unavailable',
    status: 503,
    title: 'Lambda accepts no more calls about runs at this moment',
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

export const runProblem = (failure: UnknownRun | LambdaFailure): APIGatewayProxyStructuredResultV2 => {
  const { advice, ...problem } = rows[failure.kind];
  return problemResponse({ ...problem, detail: 'detail' in failure ? `${failure.detail}. ${advice}` : advice });
};

export const keyReused = (): APIGatewayProxyStructuredResultV2 =>
  problemResponse({
    code: 'idempotency-key-reused',
    status: 409,
    title: 'This Idempotency-Key belongs to another request',
    detail: 'You started a run with this key and another body. Use a new key for a new run.',
  });

const refusals = {
  'run-not-ended': {
    title: 'The run has not ended',
    detail: 'It tries again by itself until it expires. Wait for its end, or stop it first.',
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
    detail: 'Its request or its outcomes cannot be read. Start a new run over the same target.',
  },
} as const satisfies Record<RetryRefusal['refusal'], Pick<Problem, 'title' | 'detail'>>;

export const retryRefused = ({ refusal, stoppedBy }: RetryRefusal): APIGatewayProxyStructuredResultV2 => {
  const { title, detail } = refusals[refusal];
  const by = stoppedBy === undefined ? '' : `It was stopped by ${stoppedBy}. `;
  return problemResponse({ code: refusal, status: 409, title, detail: `${by}${detail}` });
};

const endedBefore = (what: 'run' | 'watch', status: RunStatus, shown: string) =>
  problemResponse({
    code: `${what}-ended`,
    status: 409,
    title: `The ${what} had ended before it could be stopped`,
    detail: `It ended as ${status}. Read it with GET to see ${shown}.`,
  });

/** Too late: the caller wanted to prevent logouts that may have been carried out. */
export const alreadyEnded = (status: RunStatus) => endedBefore('run', status, 'who was logged out');

export const watchEnded = (status: RunStatus) => endedBefore('watch', status, 'what it found');

export const watchResponse = (
  id: WatchName,
  { kind: _, status, nextActionAt, note, ...watch }: Watch,
): APIGatewayProxyStructuredResultV2 => jsonResponse(200, { id, status, nextActionAt, note, ...watch });

/** A watch that was stopped; `Location` is where its findings can be read. */
export const stoppedWatch = (id: WatchName): APIGatewayProxyStructuredResultV2 =>
  jsonResponse(202, { id, status: 'STOPPED' }, { location: `/watches/${id}` });

export const watchProblem = (failure: UnknownRun | LambdaFailure) =>
  failure.kind !== 'unknown-run'
    ? runProblem(failure)
    : problemResponse({
        code: 'unknown-watch',
        status: 404,
        title: 'There is no such watch',
        detail:
          'Compare the id with the `watch` of its run. A new watch may take some seconds to appear: try again. An ended watch is deleted when its retention is over.',
      });
