import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Authorize } from '../../emulators/openid/authorizer.ts';
import { type AnyRoute, isDeskCall, isDeskPage } from '../../functions/http/routes.ts';
import { type Handle, readBytes } from '../../loopback/loopback-server.ts';
import type { CallFunction } from './functions.ts';
import { type Authorizer, httpEvent, iamAuthorizer, matchRoute } from './http-event.ts';

type GatewayOptions = {
  readonly routes: readonly AnyRoute[];
  /** Of the calls of the desk. */
  readonly authorize?: Authorize | undefined;
  readonly call: CallFunction;
};

/** What API Gateway allows a function and a request (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html). */
const integrationTimeoutMs = 30_000;
const longestBodyBytes = 10 * 1024 * 1024;

const answer = (
  response: ServerResponse,
  { statusCode = 200, headers, body = '' }: APIGatewayProxyStructuredResultV2,
) => {
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, String(value));
  response.writeHead(statusCode).end(body);
};

/** The gateway's own answers have this shape, not ours. */
const message = (statusCode: number, text: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: text }),
});

const unavailable = message(503, 'Service Unavailable');

const unauthorized = message(401, 'Unauthorized');

/** @returns `'refused'` for a token that the authorizer of the desk does not accept */
const authorizerOf = async (
  route: AnyRoute,
  authorization: string | undefined,
  authorize: GatewayOptions['authorize'],
): Promise<Authorizer | 'refused' | undefined> => {
  if ('kind' in route || isDeskPage(route)) return undefined;
  if (!isDeskCall(route)) return iamAuthorizer;
  const jwt = await authorize?.(authorization);
  return jwt === undefined ? 'refused' : { jwt };
};

const parseResult = (result: unknown) => result as APIGatewayProxyStructuredResultV2;

const serverError = (functionName: string, error: unknown) => {
  const name = error instanceof Error ? error.name : 'unknown error';
  process.stderr.write(`the function ${functionName} threw ${name}\n`);
  return message(500, 'Internal Server Error');
};

/** Emulates API Gateway: HTTP in, the event of payload format 2.0 to the function of the route, its result back as HTTP. */
export const createGateway =
  ({ routes, call, authorize }: GatewayOptions): Handle =>
  async (request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    const matched = matchRoute(routes, request.method ?? '', path);
    if (!matched) return answer(response, message(404, 'Not Found'));

    const body = await readBytes(request, longestBodyBytes);
    if (!body) return answer(response, message(413, 'Request Entity Too Large'));

    const authorizer = await authorizerOf(matched.route, request.headers.authorization, authorize);
    if (authorizer === 'refused') return answer(response, unauthorized);

    const functionName = matched.route.function;
    const timeout = new AbortController();
    const result = await Promise.race([
      call(functionName, httpEvent(request, matched, body, authorizer)).then(parseResult, (error) =>
        serverError(functionName, error),
      ),
      sleep(integrationTimeoutMs, unavailable, { signal: timeout.signal, ref: false }).catch(() => unavailable),
    ]);
    timeout.abort();
    answer(response, result);
  };
