import { randomUUID } from 'node:crypto';
import type { Backend } from './backend.ts';
import type { Conductor } from './conductor.ts';
import type { ResolvedFunction } from './function-host.ts';
import { parseFunctionReference } from './function-reference.ts';
import type { Answer, Handle, Request } from './request.ts';
import { invalidParameter, LambdaFailure, payloadLimit, sizeOf, violation } from './wire.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const synchronousPayloadLimit = 6 * 1024 * 1024;
const longestSynchronousMs = 15 * 60_000;

const parseType = ({ headers }: Request): 'Event' | 'RequestResponse' => {
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type !== 'Event' && type !== 'RequestResponse') {
    throw violation('invocationType', 'Member must satisfy enum value set: [Event, RequestResponse]');
  }
  return type;
};

const parseName = ({ headers }: Request): string => {
  const name = headers['x-amz-durable-execution-name'] ?? randomUUID();
  if (typeof name !== 'string' || !/^[A-Za-z0-9-_]{1,64}$/.test(name)) {
    throw violation('durableExecutionName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9-_]{1,64}');
  }
  return name;
};

const parsePayload = ({ body }: Request, type: 'Event' | 'RequestResponse'): string => {
  const limit = type === 'Event' ? payloadLimit : synchronousPayloadLimit;
  const size = sizeOf(body);
  if (size > limit) {
    const message = `${size} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`;
    throw new LambdaFailure(413, 'RequestTooLargeException', message);
  }
  try {
    JSON.parse(body || '{}');
  } catch {
    throw new LambdaFailure(400, 'InvalidRequestContentException', 'Could not parse request body into json');
  }
  return body || '{}';
};

const findStarted = (backend: Backend, { name }: ResolvedFunction, executionName: string): Conductor | undefined =>
  backend
    .conductors()
    .find(({ execution: { started } }) => started.functionName === name && started.name === executionName);

/** The run of that name: a new one, or the one there is when its payload is the same to the byte. */
const startOnce = (backend: Backend, request: Request, target: ResolvedFunction): Conductor => {
  const type = parseType(request);
  const name = parseName(request);
  const payload = parsePayload(request, type);
  if (type === 'RequestResponse' && target.executionTimeoutMs > longestSynchronousMs) {
    throw invalidParameter(
      'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.',
    );
  }
  const existing = findStarted(backend, target, name);
  if (existing === undefined) {
    const { name: functionName, version, executionTimeoutMs } = target;
    return backend.start({ name, functionName, payload, executionTimeoutMs, asynchronous: type === 'Event' }, version);
  }
  const { started } = existing.execution;
  if (started.payload === payload) return existing;
  throw new LambdaFailure(409, 'DurableExecutionAlreadyStartedException', `Execution already started: ${started.arn}`);
};

const resultOf = async ({ ended }: Conductor): Promise<Pick<Answer, 'headers' | 'body'>> => {
  const { status, result, error } = await ended;
  if (status === 'SUCCEEDED') return { body: result ?? 'null' };
  const body = { errorType: error?.ErrorType, errorMessage: error?.ErrorMessage };
  return { headers: { 'x-amz-function-error': 'Unhandled' }, body };
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const invoke: Handle = async (backend, request) => {
  const reference = parseFunctionReference(request.parameter, request.query.get('Qualifier'));
  const target = backend.host.resolve(reference);
  const conductor = startOnce(backend, request, target);
  const headers = {
    'x-amz-durable-execution-arn': conductor.execution.started.arn,
    'x-amz-executed-version': target.version,
  };
  if (parseType(request) === 'Event') return { status: 202, headers, body: '' };
  const result = await resultOf(conductor);
  return { body: result.body, headers: { ...headers, ...result.headers } };
};
