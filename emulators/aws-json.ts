import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { type LoopbackServer, readBody, startLoopbackServer } from '../loopback/loopback-server.ts';
import { parseJson } from './parse-json.ts';

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

/** The input by its schema. @throws AwsError which names the field and its constraint, never its value: that may be a secret */
export const parseInput = <S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> => {
  const { success, output, issues = [] } = v.safeParse(schema, input);
  if (success) return output;
  const constraints = issues.map(
    (issue) =>
      `Value at '${v.getDotPath(issue) ?? 'body'}' failed to satisfy constraint: Member must be ${issue.expected}`,
  );
  const count = `${issues.length} validation error${issues.length > 1 ? 's' : ''} detected`;
  throw new AwsError('ValidationException', `${count}: ${constraints.join('; ')}`);
};

type Service<Operation extends string> = {
  /** The service in `X-Amz-Target`. */
  readonly target: string;
  readonly operations: readonly Operation[];
  /** The output; `undefined`: there is no answer. @throws AwsError to answer with it */
  readonly answer: (operation: Operation, input: unknown, request: IncomingMessage) => Promise<object | undefined>;
};

const maxBodyBytes = 1024 * 1024;

/**
 * A service in AWS JSON 1.1, so that the unchanged SDK reaches it. It knows no accounts, and takes any signature.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startAwsJson = <Operation extends string>(
  { target, operations, answer }: Service<Operation>,
  options: { readonly port?: number },
): Promise<LoopbackServer> => {
  const answerTo = async (request: IncomingMessage) => {
    const body = await readBody(request, maxBodyBytes);
    const operation = operations.find((name) => request.headers['x-amz-target'] === `${target}.${name}`);
    if (request.method !== 'POST' || operation === undefined)
      throw new AwsError('UnknownOperationException', `The emulator implements ${operations.join(', ')}.`);
    if (body === undefined) throw new AwsError('RequestEntityTooLargeException', 'The request is too large.', 413);
    const input = parseJson(body);
    if (input === undefined) throw new AwsError('SerializationException', 'The body is not JSON.');
    return answer(operation, input, request);
  };
  return startLoopbackServer(async (request, response) => {
    const send = (status: number, body: object) =>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() })
        .end(JSON.stringify(body));
    try {
      const output = await answerTo(request);
      if (output) send(200, output);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      send(error.status, { __type: error.type, Message: error.message });
    }
  }, options);
};
