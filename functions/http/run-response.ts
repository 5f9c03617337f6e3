import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { RunStatus, UnknownRun } from '../runs/lambda/find-run.ts';
import type { Run } from '../runs/lambda/read-run.ts';
import type { RunName } from '../runs/run-name.ts';
import { jsonResponse, type Problem, problemResponse } from './response.ts';

/** A run that goes on, or ends, without the caller; where to look is in `Location`. */
export const acceptedRun = (id: RunName, status: RunStatus): APIGatewayProxyStructuredResultV2 =>
  jsonResponse(202, { id, status }, { location: `/forced-logouts/${id}` });

export const runResponse = (
  id: RunName,
  { kind: _, startedAt, endedAt, progress, outcomes, ...run }: Run,
): APIGatewayProxyStructuredResultV2 => jsonResponse(200, { id, ...run, startedAt, endedAt, progress, outcomes });

type Row = Omit<Problem, 'detail' | 'members'> & { readonly todo: string };

const rows = {
  'unknown-run': {
    code: 'unknown-run',
    status: 404,
    title: 'There is no such run',
    todo: 'Compare the id with the one the run was started with; ended runs are forgotten after a time.',
  },
  denied: {
    code: 'runs-denied',
    status: 500,
    title: 'This service may not do that with runs',
    todo: 'Mend its deployment.',
  },
  throttled: {
    code: 'unavailable',
    status: 503,
    title: 'Too much is asked of runs at this moment',
    todo: 'Try again.',
    retryAfter: 2,
  },
  unavailable: {
    code: 'unavailable',
    status: 503,
    title: 'Runs cannot be reached now',
    todo: 'Try again, with the same Idempotency-Key if you start a run.',
    retryAfter: 5,
  },
} as const satisfies Record<(UnknownRun | LambdaFailure)['kind'], Row>;

export const runProblem = (failure: UnknownRun | LambdaFailure): APIGatewayProxyStructuredResultV2 => {
  const { todo, ...problem } = rows[failure.kind];
  return problemResponse({ ...problem, detail: 'detail' in failure ? `${failure.detail}. ${todo}` : todo });
};

export const keyReused = (): APIGatewayProxyStructuredResultV2 =>
  problemResponse({
    code: 'idempotency-key-reused',
    status: 409,
    title: 'This Idempotency-Key belongs to another request',
    detail: 'You started a run with this key and another body. Use a new key for a new run.',
  });

/** Too late: what the caller wanted to prevent may have happened. */
export const alreadyEnded = (status: RunStatus): APIGatewayProxyStructuredResultV2 =>
  problemResponse({
    code: 'run-ended',
    status: 409,
    title: 'The run had ended before it could be stopped',
    detail: `It ended as ${status}: GET it to see who was logged out.`,
  });
