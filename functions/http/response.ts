import { types } from 'node:util';
import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Log } from '../platform/log.ts';
import { InvalidRequest } from './request.ts';

/** A JSON answer that is never cached, because it may be wrong a second later. */
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
  /** Seconds until a retry makes sense. */
  readonly retryAfter?: number;
  /** Further members, e.g. `idInstance`. */
  readonly members?: Readonly<Record<string, unknown>>;
};

export const problemResponse = ({ code, status, title, detail, retryAfter, members }: Problem) =>
  jsonResponse(
    status,
    { type: `urn:problem-type:green-api-logout:${code}`, title, status, detail, code, ...members },
    {
      'content-type': 'application/problem+json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
  );

/** The frames of a stack, without the message before them; none if the message cannot be found in it. */
const framesOf = ({ message, stack = '' }: Error): readonly string[] => {
  const start = stack.indexOf(message);
  const frames = stack.slice(start + message.length).split('\n');
  return start < 0 ? [] : frames.slice(1);
};

/** Name and place of an error, without its message, which may quote a secret. */
const placeOf = (error: unknown) =>
  types.isNativeError(error) ? { name: error.name, stack: framesOf(error) } : { name: 'unknown error', stack: [] };

/** Turns every thrown error into problem details: {@link InvalidRequest} into a 400, all others into a 500 without details. */
export const problemDetails = (
  log: Log,
): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => ({
  onError: (request) => {
    const { error } = request;
    if (error instanceof InvalidRequest) {
      const { field, message: detail } = error;
      const title = 'The request is invalid';
      request.response = problemResponse({ code: 'invalid-request', status: 400, title, detail, members: { field } });
      return;
    }
    log('ERROR', 'unexpected error', placeOf(error));
    request.response = problemResponse({
      code: 'internal-error',
      status: 500,
      title: 'Unexpected error',
      detail: 'The result of the request is not known. The log of this function has the error under the request id.',
    });
  },
});
