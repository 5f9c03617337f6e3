import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../read-body.ts';
import { AwsError } from './aws-error.ts';
import { isOperation, type OperationName } from './operations.ts';

export type AwsRequest = { readonly operation: OperationName; readonly input: unknown };

const maxBodyBytes = 1024 * 1024;

/** Reads a request in AWS JSON 1.1. @throws AwsError when it is none */
export const parseRequest = async (request: IncomingMessage): Promise<AwsRequest> => {
  const body = await readBody(request, maxBodyBytes);
  const operation = /^secretsmanager\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
  if (request.method !== 'POST' || !isOperation(operation)) {
    throw new AwsError('UnknownOperationException', 'The emulator knows no such operation.');
  }
  if (body === undefined) throw new AwsError('RequestEntityTooLargeException', 'The request is too large.', 413);
  return { operation, input: parseJson(body) };
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
};

/** What the input calls the secret: its name or ARN. A list is asked for by how the names begin. */
export const parseSecretId = (input: unknown): string | undefined => {
  const { SecretId, Name, Filters } = Object(input) as Readonly<Record<string, unknown>>;
  const [filter] = Array.isArray(Filters) ? Filters : [];
  const id = SecretId ?? Name ?? filter?.Values?.[0];
  return typeof id === 'string' ? id : undefined;
};

export const sendOutput = (response: ServerResponse, output: object): void => send(response, 200, output);

export const sendError = (response: ServerResponse, { type, message, status }: AwsError): void =>
  send(response, status, { __type: type, Message: message });

const send = (response: ServerResponse, status: number, value: object) => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() });
  response.end(JSON.stringify(value));
};
