import type { Backend } from './backend.ts';
import { operationsToReplay } from './invocation-event.ts';
import { invoke } from './invoke.ts';
import { parseCheckpointRequest, parseErrorObject } from './operation-update.ts';
import { pageOf } from './paging.ts';
import { findExecution, getExecution, getHistory, listExecutions } from './read-executions.ts';
import type { Answer, Handle, Request } from './request.ts';
import { invalidParameter, LambdaFailure, payloadLimit, sizeOf } from './wire.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_CheckpointDurableExecution.html */
const checkpoint: Handle = (backend, { parameter, body }) => ({
  body: findExecution(backend, parameter).checkpoint(parseCheckpointRequest(body)),
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionState.html */
const getState: Handle = (backend, { parameter, query }) => {
  const conductor = findExecution(backend, parameter);
  conductor.checkToken(query.get('CheckpointToken'));
  const { page, ...next } = pageOf({
    items: operationsToReplay(conductor.execution).map((operation, position) => ({ operation, position })),
    position: ({ position }) => position,
    newestFirst: false,
    query,
  });
  return { body: { Operations: page.map(({ operation }) => operation), ...next } };
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_StopDurableExecution.html */
const stop: Handle = (backend, { parameter, body }) => {
  const conductor = findExecution(backend, parameter);
  const error = parseErrorObject(body);
  if (sizeOf(error) > payloadLimit) {
    throw invalidParameter(`Execution error payload size must be less than or equal to ${payloadLimit} bytes.`);
  }
  return { body: { StopTimestamp: new Date(conductor.stop(error).at) } };
};

/** Matched before decoding: an ARN holds slashes. */
const routes: readonly (readonly [method: string, path: RegExp, handle: Handle])[] = [
  ['POST', /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, invoke],
  ['GET', /^\/2025-12-01\/functions\/([^/]+)\/durable-executions$/, listExecutions],
  ['GET', /^\/2025-12-01\/durable-executions\/([^/]+)$/, getExecution],
  ['GET', /^\/2025-12-01\/durable-executions\/([^/]+)\/history$/, getHistory],
  ['GET', /^\/2025-12-01\/durable-executions\/([^/]+)\/state$/, getState],
  ['POST', /^\/2025-12-01\/durable-executions\/([^/]+)\/checkpoint$/, checkpoint],
  ['POST', /^\/2025-12-01\/durable-executions\/([^/]+)\/stop$/, stop],
];

const parseParameter = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidParameter('The path is not encoded as it should be.');
  }
};

/** Answers one request of the REST API. */
export const route = async (
  backend: Backend,
  method: string,
  path: string,
  request: Omit<Request, 'parameter'>,
): Promise<Answer> => {
  for (const [routeMethod, pattern, handle] of routes) {
    const parameter = method === routeMethod ? pattern.exec(path)?.[1] : undefined;
    if (parameter !== undefined) return handle(backend, { ...request, parameter: parseParameter(parameter) });
  }
  throw new LambdaFailure(404, 'UnknownOperationException', `${method} ${path} is not part of this backend.`);
};
