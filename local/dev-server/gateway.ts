import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { CallerRoute, Route } from '../../functions/http/routes.ts';
import { type Handle, readBytes } from '../emulators/loopback-server.ts';
import { httpEvent, matchRoute } from './http-event.ts';
import { lambdaContext } from './lambda-context.ts';

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

export type GatewayOptions = {
  readonly routes: readonly (Route | CallerRoute)[];
  readonly functions: Readonly<Record<(Route | CallerRoute)['function'], HttpHandler>>;
};

/** What API Gateway allows a function and a request (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html). */
const integrationTimeoutMs = 30_000;
const longestBodyBytes = 10 * 1024 * 1024;
const functionTimeoutMs = 29_000;

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

/** Plays API Gateway: HTTP in, the event of payload format 2.0 to the function of the route, its result back as HTTP. */
export const createGateway =
  ({ routes, functions }: GatewayOptions): Handle =>
  async (request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    const matched = matchRoute(routes, request.method ?? '', path);
    if (!matched) return answer(response, message(404, 'Not Found'));

    const body = await readBytes(request, longestBodyBytes);
    if (!body) return answer(response, message(413, 'Request Entity Too Large'));

    const functionName = matched.route.function;
    const timeout = new AbortController();
    const result = await Promise.race([
      functions[functionName](httpEvent(request, matched, body), lambdaContext(functionName, functionTimeoutMs)).catch(
        (error: unknown) => {
          process.stderr.write(
            `${functionName} threw ${error instanceof Error ? error.name : 'something that is no error'}\n`,
          );
          return message(500, 'Internal Server Error');
        },
      ),
      sleep(integrationTimeoutMs, message(503, 'Service Unavailable'), { signal: timeout.signal, ref: false }).catch(
        () => message(503, 'Service Unavailable'),
      ),
    ]);
    timeout.abort();
    answer(response, result);
  };
