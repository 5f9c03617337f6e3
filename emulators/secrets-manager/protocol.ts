import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { readBody } from '../../loopback/loopback-server.ts';
import { parseJson } from '../parse-json.ts';
import type { Secret, SecretStore } from './store.ts';

/** An error as AWS answers it; the SDK shows `type` as its `name`. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export const markedForDeletion = () =>
  new AwsError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );

/** What an operation works on. */
export type OperationContext = {
  readonly store: SecretStore;
  /** The error that a fault sets for reading this secret within a batch. */
  readonly readingFault: (secretId: string) => AwsError | undefined;
  /** Calls the rotation function for one request of `RotateSecret`; returns at once. */
  readonly startRotation: (secret: Secret, versionId: string) => void;
};

export type Operation = (context: OperationContext, input: unknown) => object;

/** An operation that parses its input first. @throws AwsError for what AWS would refuse */
export const operation =
  <S extends v.GenericSchema>(
    schema: S,
    run: (context: OperationContext, input: v.InferOutput<S>) => object,
  ): Operation =>
  (context, input) => {
    const parsed = v.safeParse(schema, input);
    if (parsed.success) return run(context, parsed.output);
    throw new AwsError('ValidationException', describeIssues(parsed.issues));
  };

/** Names the field and its constraint, never its value: that may be a secret. */
const describeIssues = (issues: readonly v.BaseIssue<unknown>[]) => {
  const constraints = issues.map(
    (issue) => `Value at '${v.getDotPath(issue)}' failed to satisfy constraint: Member must be ${issue.expected}`,
  );
  return `${issues.length} validation error${issues.length > 1 ? 's' : ''} detected: ${constraints.join('; ')}`;
};

export const secretId = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
export const clientRequestToken = v.pipe(v.string(), v.minLength(32), v.maxLength(64));
export const stageName = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

/** @throws AwsError when there is no such secret */
export const existingSecret = ({ store }: OperationContext, id: string): Secret => {
  const secret = store.find(id);
  if (secret) return secret;
  throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
};

/** @throws AwsError when there is no such secret, or it is marked for deletion */
export const usableSecret = (context: OperationContext, id: string): Secret => {
  const secret = existingSecret(context, id);
  if (secret.deletionAtMs !== undefined) throw markedForDeletion();
  return secret;
};

/** AWS JSON writes times in seconds. */
export const seconds = (ms: number): number => ms / 1000;

export type AwsRequest = { readonly operation: string; readonly input: unknown };

const maxBodyBytes = 1024 * 1024;

/** Reads a request in AWS JSON 1.1. @throws AwsError when it is not one, or names none of `operations` */
export const parseRequest = async (request: IncomingMessage, operations: object): Promise<AwsRequest> => {
  const body = await readBody(request, maxBodyBytes);
  const name = /^secretsmanager\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
  if (request.method !== 'POST' || !Object.hasOwn(operations, name)) {
    throw new AwsError('UnknownOperationException', `The emulator implements ${Object.keys(operations).join(', ')}.`);
  }
  if (body === undefined) throw new AwsError('RequestEntityTooLargeException', 'The request is too large.', 413);
  const input = parseJson(body);
  if (input === undefined) throw new AwsError('SerializationException', 'The body is not JSON.');
  return { operation: name, input };
};

/** The name or ARN in the input; for a list, the prefix of names that it filters by. */
export const secretIdIn = (input: unknown): string | undefined => {
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
