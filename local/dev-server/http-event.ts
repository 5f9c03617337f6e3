import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Authorized } from '../../emulators/openid/authorizer.ts';
import type { AnyRoute } from '../../functions/http/routes.ts';

/** A route that was found, and what stood in its placeholders. */
type MatchedRoute = {
  readonly route: AnyRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
};

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const isGreedy = ({ path }: AnyRoute): boolean => path.endsWith('+}');

/** A greedy parameter takes the rest of the path, also the empty rest of `/scim/v2/`. */
const patternOf = ({ path }: AnyRoute): RegExp =>
  new RegExp(`^${path.replace(/\{(\w+)(\+?)\}/g, (_, name, plus) => `(?<${name}>${plus ? '.*' : '[^/]+'})`)}$`);

/** Finds the route of a request as API Gateway does: by method and path template, one with a greedy parameter last. */
export const matchRoute = (routes: readonly AnyRoute[], method: string, path: string): MatchedRoute | undefined => {
  const byRank = routes.toSorted((a, b) => Number(isGreedy(a)) - Number(isGreedy(b)));
  for (const route of byRank) {
    const isMethod = route.method === method || route.method === 'ANY';
    const matched = isMethod ? patternOf(route).exec(path) : null;
    const parameters = Object.entries(matched?.groups ?? {}).map(([name, value]) => [name, decode(value)]);
    if (matched) return { route, pathParameters: Object.fromEntries(parameters) };
  }
  return undefined;
};

// The gateway hands over text as it is and everything else as base64.
const isText = (contentType: string): boolean =>
  /^(?:text\/|application\/(?:json|xml|javascript)\b)/i.test(contentType);

const queryOf = (search: URLSearchParams): Record<string, string> | undefined => {
  const names = [...new Set(search.keys())];
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, search.getAll(name).join(',')]));
};

const headersOf = ({ headers }: IncomingMessage): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  'x-forwarded-proto': 'http',
});

/** The caller of the local service: the machine's own user, with an account id that AWS does not use. */
const localCaller = {
  accessKey: 'AKIALOCAL',
  accountId: '000000000000',
  callerId: 'AIDALOCAL',
  cognitoIdentity: null,
  principalOrgId: 'o-local',
  userArn: 'arn:aws:iam::000000000000:user/local',
  userId: 'AIDALOCAL',
};

/** The identity that IAM authorization adds. */
export const iamAuthorizer = { iam: localCaller };

/** What the authorizer of a route adds. The routes of identity providers and the page of the desk have none. */
export type Authorizer = typeof iamAuthorizer | { readonly jwt: Authorized };

/** A request as the event of payload format 2.0 (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html). */
export const httpEvent = (
  request: IncomingMessage,
  { route, pathParameters }: MatchedRoute,
  body: Buffer,
  authorizer: Authorizer | undefined,
): APIGatewayProxyEventV2 => {
  const { pathname, searchParams, search } = new URL(request.url ?? '/', 'http://localhost');
  const now = new Date();
  const isBase64Encoded = body.length > 0 && !isText(request.headers['content-type'] ?? '');
  const queryStringParameters = queryOf(searchParams);
  const routeKey = `${route.method} ${route.path}`;
  return {
    version: '2.0',
    routeKey,
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: headersOf(request),
    ...(queryStringParameters && { queryStringParameters }),
    pathParameters: { ...pathParameters },
    requestContext: {
      accountId: localCaller.accountId,
      apiId: 'local',
      ...(authorizer && { authorizer }),
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: {
        method: request.method ?? '',
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
};
