import { randomUUID } from 'node:crypto';
import type { Driver } from './driver.ts';
import type { ResolvedFunction } from './functions.ts';
import { operationsToReplay } from './invocations.ts';
import {
  type Answer,
  invalidParameter,
  LambdaFailure,
  pageOf,
  parseFunctionReference,
  payloadLimit,
  type Request,
  sizeOf,
  violation,
} from './protocol.ts';
import { type Backend, findExecution, getExecution, getHistory, type Handle, listExecutions } from './reading.ts';
import { parseCheckpointRequest, parseErrorObject } from './records.ts';

const parseName = ({ headers }: Request): string => {
  const name = headers['x-amz-durable-execution-name'] ?? randomUUID();
  if (typeof name !== 'string' || !/^[A-Za-z0-9-_]{1,64}$/.test(name)) {
    throw violation('durableExecutionName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9-_]{1,64}');
  }
  return name;
};

const parsePayload = ({ body }: Request): string => {
  const size = sizeOf(body);
  if (size > payloadLimit) {
    const message = `${size} byte payload is too large for the Event invocation type (limit ${payloadLimit} bytes)`;
    throw new LambdaFailure(413, 'RequestTooLargeException', message);
  }
  try {
    JSON.parse(body || '{}');
  } catch {
    throw new LambdaFailure(400, 'InvalidRequestContentException', 'Could not parse request body into json');
  }
  return body || '{}';
};

/** The execution of that name: a new one, or the existing one when its payload is the same to the byte. */
const startOnce = ({ executions }: Backend, request: Request, target: ResolvedFunction): Driver => {
  const name = parseName(request);
  const payload = parsePayload(request);
  const { name: functionName, executionTimeoutMs, timeScale } = target;
  const existing = executions
    .all()
    .find(({ execution: { started } }) => started.functionName === functionName && started.name === name);
  if (existing === undefined) {
    const scale = timeScale !== undefined && { timeScale };
    return executions.start({ name, functionName, payload, executionTimeoutMs, ...scale }, target.version);
  }
  const { started } = existing.execution;
  if (started.payload === payload) return existing;
  throw new LambdaFailure(409, 'DurableExecutionAlreadyStartedException', `Execution already started: ${started.arn}`);
};

/** Asynchronous only. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const invoke: Handle = (backend, request) => {
  if (request.headers['x-amz-invocation-type'] !== 'Event') {
    throw violation('invocationType', 'Member must satisfy enum value set: [Event]');
  }
  const target = backend.functions.resolve(parseFunctionReference(request.parameter, request.query.get('Qualifier')));
  const { execution } = startOnce(backend, request, target);
  return {
    status: 202,
    headers: {
      'x-amz-durable-execution-arn': execution.started.arn,
      'x-amz-executed-version': target.version,
    },
    body: '',
  };
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_CheckpointDurableExecution.html */
const checkpoint: Handle = (backend, request) => ({
  body: findExecution(backend, request).checkpoint(parseCheckpointRequest(request.body)),
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionState.html */
const getState: Handle = (backend, request) => {
  const driver = findExecution(backend, request);
  driver.checkToken(request.query.get('CheckpointToken'));
  const { page, ...next } = pageOf({
    items: operationsToReplay(driver.execution).map((operation, position) => ({ operation, position })),
    position: ({ position }) => position,
    newestFirst: false,
    query: request.query,
  });
  return { body: { Operations: page.map(({ operation }) => operation), ...next } };
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_StopDurableExecution.html */
const stop: Handle = (backend, request) => {
  const driver = findExecution(backend, request);
  const error = parseErrorObject(request.body);
  if (sizeOf(error) > payloadLimit) {
    throw invalidParameter(`Execution error payload size must be less than or equal to ${payloadLimit} bytes.`);
  }
  return { body: { StopTimestamp: new Date(driver.stop(error).at) } };
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

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidParameter('The path is not percent-encoded correctly.');
  }
};

/** Answers one request of the REST API. @throws LambdaFailure for what AWS would refuse */
export const answer = (backend: Backend, method: string, path: string, request: Omit<Request, 'parameter'>): Answer => {
  for (const [routeMethod, pattern, handle] of routes) {
    const parameter = method === routeMethod ? pattern.exec(path)?.[1] : undefined;
    if (parameter !== undefined) return handle(backend, { ...request, parameter: decode(parameter) });
  }
  throw new LambdaFailure(404, 'UnknownOperationException', `${method} ${path} is not part of this emulator.`);
};
