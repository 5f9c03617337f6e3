import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-json.ts';
import { parseJson } from '../parse-json.ts';
import type { Driver } from './driver.ts';
import type { Executions } from './executions.ts';
import { type Functions, version } from './functions.ts';
import { truncateEvent, withoutPayloads } from './history.ts';
import { operationsToReplay } from './invocations.ts';
import type { LambdaSettings } from './options.ts';
import {
  type Answer,
  invalidParameter,
  notFound,
  pageOf,
  parseFunctionReference,
  payloadLimit,
  type Request,
  sizeOf,
  violation,
} from './protocol.ts';
import { parseCheckpointRequest, parseErrorObject } from './records.ts';

type Backend = {
  readonly executions: Executions;
  readonly functions: Functions;
  readonly settings: LambdaSettings;
};

type Handle = (backend: Backend, request: Request) => Answer;

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
    throw new AwsError('RequestTooLargeException', message, 413);
  }
  const payload = body || '{}';
  if (parseJson(payload) === undefined)
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json');
  return payload;
};

/** The execution of that name: a new one, or the existing one when its payload is the same to the byte. */
const startOnce = ({ executions, functions }: Backend, request: Request): Driver => {
  const reference = parseFunctionReference(request.parameter, request.query.get('Qualifier'));
  const { name: functionName, executionTimeoutMs, timeScale } = functions.resolve(reference);
  const name = parseName(request);
  const payload = parsePayload(request);
  const existing = executions
    .all()
    .find(({ execution: { started } }) => started.functionName === functionName && started.name === name);
  if (existing === undefined) {
    const scale = timeScale !== undefined && { timeScale };
    return executions.start({ name, functionName, payload, executionTimeoutMs, ...scale });
  }
  const { started } = existing.execution;
  if (started.payload === payload) return existing;
  throw new AwsError('DurableExecutionAlreadyStartedException', `Execution already started: ${started.arn}`, 409);
};

/** Asynchronous only. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const invoke: Handle = (backend, request) => {
  if (request.headers['x-amz-invocation-type'] !== 'Event') {
    throw violation('invocationType', 'Member must satisfy enum value set: [Event]');
  }
  const { arn } = startOnce(backend, request).execution.started;
  const headers = { 'x-amz-durable-execution-arn': arn, 'x-amz-executed-version': version };
  return { status: 202, headers, body: '' };
};

/** @throws AwsError when there is none of that ARN */
const findExecution = ({ executions }: Backend, { parameter: arn }: Request): Driver => {
  const driver = executions.find(arn);
  if (driver === undefined) throw notFound(`Durable execution not found: ${arn}`);
  return driver;
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_CheckpointDurableExecution.html */
const checkpoint: Handle = (backend, request) => ({
  body: findExecution(backend, request).checkpoint(parseCheckpointRequest(request.body)),
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionState.html */
const getState: Handle = (backend, request) => {
  const driver = findExecution(backend, request);
  driver.checkToken(request.query.get('CheckpointToken'));
  const { page: Operations, ...next } = pageOf(operationsToReplay(driver.execution), request.query);
  return { body: { Operations, ...next } };
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

const summaryOf = ({ execution: { started, ended }, status }: Driver) => ({
  DurableExecutionArn: started.arn,
  DurableExecutionName: started.name,
  FunctionArn: started.arn.slice(0, started.arn.indexOf('/')),
  Status: status(),
  StartTimestamp: new Date(started.at),
  ...(ended && { EndTimestamp: new Date(ended.at) }),
});

const wantsData = (query: URLSearchParams) => query.get('IncludeExecutionData') !== 'false';

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html */
const getExecution: Handle = (backend, request) => {
  const driver = findExecution(backend, request);
  const { started, ended } = driver.execution;
  const ExecutionDataIncluded = wantsData(request.query);
  const data = { InputPayload: started.payload, Result: ended?.result, Error: ended?.error };
  return {
    body: { ...summaryOf(driver), Version: version, ExecutionDataIncluded, ...(ExecutionDataIncluded && data) },
  };
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionHistory.html */
const getHistory: Handle = (backend, request) => {
  const { query } = request;
  const { truncation } = backend.settings;
  const newestFirst = query.get('ReverseOrder') === 'true';
  const { events } = findExecution(backend, request).execution;
  const { page, ...next } = pageOf(events, query, newestFirst);
  if (!wantsData(query)) return { body: { Events: page.map(withoutPayloads), ...next } };
  return { body: { Events: truncation ? page.map((event) => truncateEvent(event, truncation)) : page, ...next } };
};

const listParameters: ReadonlySet<string> = new Set([
  'DurableExecutionName',
  'Marker',
  'MaxItems',
  'Qualifier',
  'ReverseOrder',
  'StartedAfter',
  'Statuses',
]);

/** A name is unique over all versions, so it is not combined with one; and an alias is not a version. */
const checkListQuery = (query: URLSearchParams, qualifier: string | undefined) => {
  const unknown = [...query.keys()].find((key) => !listParameters.has(key));
  if (unknown !== undefined) throw invalidParameter(`${unknown} is not part of this emulator.`);
  if (qualifier === undefined) return;
  if (query.has('DurableExecutionName')) {
    throw invalidParameter('Qualifier cannot be specified together with DurableExecutionName.');
  }
  if (!/^(?:\$LATEST|[0-9]+)$/.test(qualifier)) throw invalidParameter('Qualifier must be a version, not an alias.');
};

/** Milliseconds since 1970; without the parameter, every execution is later. */
const parseStartedAfter = (query: URLSearchParams): number => {
  const text = query.get('StartedAfter');
  const startedAfter = text === null ? Number.NEGATIVE_INFINITY : Date.parse(text);
  if (Number.isNaN(startedAfter)) throw violation('startedAfter', 'Member must be a timestamp');
  return startedAfter;
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListDurableExecutionsByFunction.html */
const listExecutions: Handle = ({ executions, functions, settings }, { parameter, query }) => {
  const { name, qualifier } = parseFunctionReference(parameter, query.get('Qualifier'));
  checkListQuery(query, qualifier);
  functions.resolve({ name, qualifier: qualifier ?? version });
  const wantedName = query.get('DurableExecutionName');
  const statuses = query.getAll('Statuses');
  const startedAfter = parseStartedAfter(query);
  const isListed = ({ execution: { started }, status }: Driver) =>
    started.functionName === name &&
    (wantedName === null || started.name === wantedName) &&
    (statuses.length === 0 || statuses.includes(status())) &&
    started.at > startedAfter &&
    Date.now() - started.at >= settings.listingLagMs;
  const { page, ...next } = pageOf(executions.all(), query, query.get('ReverseOrder') !== 'true', isListed);
  return { body: { DurableExecutions: page.map(summaryOf), ...next } };
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

/** Answers one request of the REST API. @throws AwsError for what AWS would refuse */
export const answer = (backend: Backend, method: string, path: string, request: Omit<Request, 'parameter'>): Answer => {
  for (const [routeMethod, pattern, handle] of routes) {
    const parameter = method === routeMethod ? pattern.exec(path)?.[1] : undefined;
    if (parameter !== undefined) return handle(backend, { ...request, parameter: decode(parameter) });
  }
  throw new AwsError('UnknownOperationException', `${method} ${path} is not part of this emulator.`, 404);
};
