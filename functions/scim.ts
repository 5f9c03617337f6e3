import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import { InvalidRequest, parseBody } from './http/request.ts';
import { type LogUnexpected, problemDetails } from './http/response.ts';
import type { RouteKeyOf } from './http/routes.ts';
import {
  createIdentifyProvider,
  type IdentityProvider,
  readIdentityProviders,
} from './identity-providers/identity-providers.ts';
import type { ProviderMetrics } from './identity-providers/provider-metrics.ts';
import { composeSharedDependencies } from './identity-providers/shared-dependencies.ts';
import type { StartOffboarding } from './identity-providers/start-offboarding.ts';
import type { ReadOwners } from './instances/read-owners.ts';
import type { Variables } from './platform/environment.ts';
import { type Write, writeLine } from './platform/log.ts';
import { createDeactivate, isOkta, tryAgain } from './scim/deactivate.ts';
import { resourceTypes, schemas, serviceProviderConfig } from './scim/discovery.ts';
import { listResponse } from './scim/list-response.ts';
import { scimProblem, scimResponse } from './scim/response.ts';
import { ScimError } from './scim/scim-error.ts';
import {
  createUser,
  deleteUser,
  getUser,
  listUsers,
  patchUser,
  replaceUser,
  type ScimAnswer,
  type ScimRequest,
} from './scim/users.ts';

export type ScimHandlerDependencies = {
  /** Those of the kind `scim`. */
  readonly providers: readonly IdentityProvider[];
  readonly startOffboarding: StartOffboarding;
  readonly readOwners: ReadOwners;
  readonly metrics: Pick<ProviderMetrics, 'request' | 'unreadable'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logUnexpected: LogUnexpected;
};

const longestBytes = 256 * 1_024;

const baseUrlOf = ({ headers, rawPath, requestContext }: APIGatewayProxyEventV2): string => {
  const root = rawPath.slice(0, Math.max(0, rawPath.indexOf('/scim/v2')));
  return `${headers['x-forwarded-proto'] ?? 'https'}://${headers.host ?? requestContext.domainName}${root}/scim/v2`;
};

const requestOf = (
  dependencies: ScimHandlerDependencies,
  event: APIGatewayProxyEventV2,
  provider: IdentityProvider,
): ScimRequest => ({
  baseUrl: baseUrlOf(event),
  query: new URLSearchParams(event.rawQueryString),
  id: event.pathParameters?.id,
  body: () => parseBody(event, v.unknown(), longestBytes),
  deactivate: createDeactivate(dependencies, provider, event),
  readOwners: async () => {
    const reading = await dependencies.readOwners();
    if (reading.kind === 'owners') return reading.owners;
    const why = 'detail' in reading ? reading.detail : 'Secrets Manager: the list changed while it was read';
    throw tryAgain(event.headers['user-agent'], `the owners of instances cannot be read: ${why}`);
  },
});

const noSuchResource = (): ScimError => new ScimError(404, 'there is no such resource');

/** The document with this id out of a list of them. */
const one =
  (documents: typeof schemas): ScimAnswer =>
  async ({ baseUrl, id }) => {
    const document = documents(baseUrl).find((each) => each.id === id);
    if (document === undefined) throw noSuchResource();
    return scimResponse(200, document);
  };

const all =
  (documents: typeof schemas): ScimAnswer =>
  async ({ baseUrl }) =>
    scimResponse(200, listResponse(documents(baseUrl)));

const usersOnly: ScimAnswer = async () => {
  throw new ScimError(501, 'this service manages users only: switch off everything else at the identity provider');
};

const notFound: ScimAnswer = async () => {
  throw noSuchResource();
};

const isWrite = (event: APIGatewayProxyEventV2): boolean => event.requestContext.http.method !== 'GET';

/** Answers the route of all other paths. `/Me` is in the standard, which lets a service answer 501 (RFC 7644, section 3.11). */
const answerUnknownPath = (event: APIGatewayProxyEventV2): ScimAnswer =>
  isWrite(event) || event.pathParameters?.proxy === 'Me' ? usersOnly : notFound;

const answers: Readonly<Record<Exclude<RouteKeyOf<'scim'>, `ANY ${string}`>, ScimAnswer>> = {
  'GET /scim/v2/Users': listUsers,
  'POST /scim/v2/Users': createUser,
  'GET /scim/v2/Users/{id}': getUser,
  'PUT /scim/v2/Users/{id}': replaceUser,
  'PATCH /scim/v2/Users/{id}': patchUser,
  'DELETE /scim/v2/Users/{id}': deleteUser,
  'GET /scim/v2/Groups': async () => scimResponse(200, listResponse([])),
  'POST /scim/v2/Groups': usersOnly,
  'GET /scim/v2/ServiceProviderConfig': async ({ baseUrl }) => scimResponse(200, serviceProviderConfig(baseUrl)),
  'GET /scim/v2/ResourceTypes': all(resourceTypes),
  'GET /scim/v2/ResourceTypes/{id}': one(resourceTypes),
  'GET /scim/v2/Schemas': all(schemas),
  'GET /scim/v2/Schemas/{id}': one(schemas),
};

const answerOf = new Map<string, ScimAnswer>(Object.entries(answers));

const unauthorized = () =>
  scimProblem({
    status: 401,
    detail:
      'The token is missing or wrong: send "Authorization: Bearer <token>" with the token of this identity provider.',
    headers: { 'www-authenticate': 'Bearer' },
  });

/** An unexpected error may have cost a deactivation, so Okta is made to send its writes again. */
const unexpectedError = (event: APIGatewayProxyEventV2): ScimError => {
  const detail = 'Unexpected error: see the log of this function.';
  const userAgent = event.headers['user-agent'];
  return isWrite(event) && isOkta(userAgent) ? tryAgain(userAgent, detail) : new ScimError(500, detail);
};

const problemOf = ({ status, message: detail, scimType, retryAfter }: ScimError) =>
  scimProblem({ status, detail, scimType, retryAfter });

/** Errors in SCIM's shape, the unexpected ones too. */
const scimErrors = (logUnexpected: LogUnexpected): ReturnType<typeof problemDetails> => ({
  onError: async (request) => {
    const { error, event } = request;
    if (error instanceof ScimError) {
      request.response = problemOf(error);
      return;
    }
    if (error instanceof InvalidRequest) {
      request.response = problemOf(new ScimError(400, error.message, 'invalidSyntax'));
      return;
    }
    await problemDetails(logUnexpected).onError?.(request);
    request.response = problemOf(unexpectedError(event));
  },
});

/** Whether a write was refused that may have been somebody's deactivation. */
const isUnreadableWrite = (event: APIGatewayProxyEventV2, error: unknown): error is Error =>
  isWrite(event) && (error instanceof InvalidRequest || (error instanceof ScimError && error.status === 400));

/** SCIM 2.0 under `/scim/v2`: an identity provider deactivates a user, and the user's instances are logged out. */
export const createScimHandler = (dependencies: ScimHandlerDependencies) => {
  const { providers, metrics, logUnexpected } = dependencies;
  const identifyProvider = createIdentifyProvider(providers.filter(({ kind }) => kind === 'scim'));
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use(scimErrors(logUnexpected))
    .handler(async (event) => {
      const provider = identifyProvider(event);
      if (provider === undefined) return unauthorized();
      metrics.request(provider);
      try {
        return await (answerOf.get(event.routeKey) ?? answerUnknownPath(event))(
          requestOf(dependencies, event, provider),
        );
      } catch (error) {
        if (isUnreadableWrite(event, error)) metrics.unreadable(provider, error.message);
        throw error;
      }
    });
};

export const composeScim = (variables: Variables, write: Write): ScimHandlerDependencies => {
  const { startOffboarding, readOwners, metrics, log } = composeSharedDependencies(variables, write);
  return {
    providers: readIdentityProviders(variables),
    startOffboarding,
    readOwners,
    metrics,
    now: Date.now,
    logUnexpected: (error) => log('ERROR', 'unexpected error', error),
  };
};

export const handler = createScimHandler(composeScim(process.env, writeLine));
