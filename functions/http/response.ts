import { types } from 'node:util';
import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { InvalidRequest } from './request.ts';

/** What every HTTP function answers: never cached, for it is true now and may not be in a second. */
export const jsonResponse = (
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

/** Problem details (RFC 9457): `code` is stable and for programs, `detail` is for the person who has to act. */
export type Problem = {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Seconds until it is worth asking again. */
  readonly retryAfter?: number;
  /** Members of its own, e.g. `idInstance`. */
  readonly members?: Readonly<Record<string, unknown>>;
};

export const problemResponse = ({
  code,
  status,
  title,
  detail,
  retryAfter,
  members,
}: Problem): APIGatewayProxyStructuredResultV2 =>
  jsonResponse(
    status,
    { type: `urn:problem-type:green-api-logout:${code}`, title, status, detail, code, ...members },
    {
      'content-type': 'application/problem+json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
  );

/** Writes down what nobody foresaw. */
export type LogUnexpected = (error: { readonly name: string; readonly stack: readonly string[] }) => void;

/** What follows the message in a stack; nothing, if the message is not there to be told apart. */
const framesOf = ({ message, stack = '' }: Error): readonly string[] => {
  const start = stack.indexOf(message);
  return start < 0
    ? []
    : stack
        .slice(start + message.length)
        .split('\n')
        .slice(1);
};

/** Where it was thrown; not its message, which may quote what it was about. */
const placeOf = (error: unknown) => ({
  name: types.isNativeError(error) ? error.name : 'unknown error',
  stack: types.isNativeError(error) ? framesOf(error) : [],
});

/** Turns every error that is thrown into problem details: {@link InvalidRequest} into a 400, the rest into a bare 500. */
export const problemDetails = (
  logUnexpected: LogUnexpected,
): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => ({
  onError: (request) => {
    const { error } = request;
    if (error instanceof InvalidRequest) {
      const { field, message: detail } = error;
      request.response = problemResponse({
        code: 'invalid-request',
        status: 400,
        title: 'The request is invalid',
        detail,
        members: { field },
      });
      return;
    }
    logUnexpected(placeOf(error));
    request.response = problemResponse({
      code: 'internal-error',
      status: 500,
      title: 'Something failed that nobody foresaw',
      detail: 'It is in the log of this function under the request id; what became of the request is not known.',
    });
  },
});
