import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { LambdaFailure } from '../runs/lambda/failure.ts';
import type { RunStatus, UnknownRun } from '../runs/lambda/find-run.ts';
import type { WatchName } from '../runs/start-watch.ts';
import type { Watch } from '../watch/read-watch.ts';
import { jsonResponse, problemResponse } from './response.ts';
import { runProblem } from './run-response.ts';

export const watchResponse = (
  id: WatchName,
  { kind: _, status, nextActionAt, note, ...watch }: Watch,
): APIGatewayProxyStructuredResultV2 => jsonResponse(200, { id, status, nextActionAt, note, ...watch });

/** A watch that was stopped; `Location` is where its findings can be read. */
export const stoppedWatch = (id: WatchName): APIGatewayProxyStructuredResultV2 =>
  jsonResponse(202, { id, status: 'STOPPED' }, { location: `/watches/${id}` });

export const watchProblem = (failure: UnknownRun | LambdaFailure): APIGatewayProxyStructuredResultV2 => {
  if (failure.kind !== 'unknown-run') return runProblem(failure);
  return problemResponse({
    code: 'unknown-watch',
    status: 404,
    title: 'There is no such watch',
    detail:
      'Compare the id with the `watch` of its run. A new watch may take some seconds to appear: try again. An ended watch is deleted when its retention is over.',
  });
};

export const watchEnded = (status: RunStatus): APIGatewayProxyStructuredResultV2 =>
  problemResponse({
    code: 'watch-ended',
    status: 409,
    title: 'The watch had ended before it could be stopped',
    detail: `It ended as ${status}. Read it with GET to see what it found.`,
  });
