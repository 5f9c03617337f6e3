import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { InvalidRequest, parseJsonBody, parseText } from './http/request.ts';
import { problemDetails } from './http/response.ts';
import type { RouteKeyOf } from './http/routes.ts';
import { composeProviderHandler, type ProviderHandlerDependencies } from './identity-providers/handler-dependencies.ts';
import { createIdentifyProvider, type IdentityProvider } from './identity-providers/identity-providers.ts';
import type { Owners } from './instances/read-owners.ts';
import { type Log, writeLine } from './platform/log.ts';
import { checkNamesOnce } from './scim/attributes.ts';
import { createDeactivate, isOkta, tryAgain } from './scim/deactivate.ts';
import { resourceTypes, schemas, serviceProviderConfig } from './scim/discovery.ts';
import { basePathOf, segmentsOf } from './scim/path.ts';
import { listResponse, ScimError, scimProblem, scimResponse } from './scim/response.ts';
import {
  createUser,
  deleteUser,
  getUser,
  listUsers,
  patchUser,
  replaceUser,
  type ScimAnswer,
  type ScimRequest,
  searchUsers,
} from './scim/users.ts';

const longestBytes = 256 * 1_024;

const baseUrlOf = ({ headers, rawPath, requestContext }: APIGatewayProxyEventV2): string =>
  `${headers['x-forwarded-proto'] ?? 'https'}://${headers.host ?? requestContext.domainName}${basePathOf(rawPath)}`;

const requestOf = (
  dependencies: ProviderHandlerDependencies,
  event: APIGatewayProxyEventV2,
  provider: IdentityProvider,
): ScimRequest => {
  const readOwners = async (): Promise<Owners['owners']> => {
    const reading = await dependencies.readOwners();
    if (reading.kind === 'owners') return reading.owners;
    const why = 'detail' in reading ? reading.detail : 'Secrets Manager: the list changed while it was read';
    throw tryAgain(event.headers['user-agent'], `the owners of instances cannot be read: ${why}`);
  };
  return {
    baseUrl: baseUrlOf(event),
    query: new URLSearchParams(event.rawQueryString),
    id: segmentsOf(event.rawPath)[1] ?? '',
    body: () => {
      const text = parseText(event, longestBytes);
      const body = parseJsonBody(text);
      checkNamesOnce(text);
      return body;
    },
    deactivate: createDeactivate(dependencies, provider, event),
    ownerRenamed: (from, to) => dependencies.metrics.ownerRenamed(provider, from, to),
    readOwners,
  };
};

const noSuchResource = (): ScimError => new ScimError(404, 'there is no such resource');

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
    listResponse(documents(baseUrl));

const usersOnly: ScimAnswer = async () => {
  throw new ScimError(501, 'this service manages users only: switch off everything else at the identity provider');
};

const notFound: ScimAnswer = async () => {
  throw noSuchResource();
};

const methodOf = (event: APIGatewayProxyEventV2): string => event.requestContext.http.method;

const isSearch = (event: APIGatewayProxyEventV2): boolean =>
  methodOf(event) === 'POST' && segmentsOf(event.rawPath).at(-1) === '.search';

const isWrite = (event: APIGatewayProxyEventV2): boolean =>
  !['GET', 'HEAD', 'OPTIONS'].includes(methodOf(event)) && !isSearch(event);

/** Answers of the route for all other paths. */
const furtherAnswers: Readonly<Record<`${string} /scim/v2${string}`, ScimAnswer>> = {
  // A search over all resources, which are users (RFC 7644, section 3.4.2.1).
  'GET /scim/v2': listUsers,
  'POST /scim/v2/.search': searchUsers,
  'POST /scim/v2/Users/.search': searchUsers,
};

const answers: Readonly<Record<Exclude<RouteKeyOf<'scim'>, `ANY ${string}`>, ScimAnswer>> = {
  'GET /scim/v2/Users': listUsers,
  'POST /scim/v2/Users': createUser,
  'GET /scim/v2/Users/{id}': getUser,
  'PUT /scim/v2/Users/{id}': replaceUser,
  'PATCH /scim/v2/Users/{id}': patchUser,
  'DELETE /scim/v2/Users/{id}': deleteUser,
  'GET /scim/v2/Groups': async () => listResponse([]),
  'POST /scim/v2/Groups': usersOnly,
  'GET /scim/v2/ServiceProviderConfig': async ({ baseUrl }) => scimResponse(200, serviceProviderConfig(baseUrl)),
  'GET /scim/v2/ResourceTypes': all(resourceTypes),
  'GET /scim/v2/ResourceTypes/{id}': one(resourceTypes),
  'GET /scim/v2/Schemas': all(schemas),
  'GET /scim/v2/Schemas/{id}': one(schemas),
};

const answerOf = new Map<string, ScimAnswer>(Object.entries({ ...answers, ...furtherAnswers }));

/** The gateway's route is not asked: it may take `/Users/` for another path, or for a user without an id. */
const findAnswer = (event: APIGatewayProxyEventV2): ScimAnswer => {
  const [resource, ...rest] = segmentsOf(event.rawPath);
  const key = ['/scim/v2', ...(resource === undefined ? [] : [resource])].join('/');
  const withId = rest.length === 1 ? answerOf.get(`${methodOf(event)} ${key}/{id}`) : undefined;
  const found = answerOf.get([`${methodOf(event)} ${key}`, ...rest].join('/')) ?? withId;
  // `/Me` is in the standard, which lets a service answer 501 (RFC 7644, section 3.11).
  return found ?? (isWrite(event) || resource === 'Me' ? usersOnly : notFound);
};

const unauthorized = () =>
  scimProblem(
    new ScimError(
      401,
      'The token is missing or wrong: send "Authorization: Bearer <token>" with the token of this identity provider.',
    ),
    { 'www-authenticate': 'Bearer' },
  );

/** An unexpected error may have cost a deactivation, so Okta is made to send its writes again. */
const unexpectedError = (event: APIGatewayProxyEventV2): ScimError => {
  const detail = 'Unexpected error: see the log of this function.';
  const userAgent = event.headers['user-agent'];
  return isWrite(event) && isOkta(userAgent) ? tryAgain(userAgent, detail) : new ScimError(500, detail);
};

/** Errors in SCIM's shape, the unexpected ones too. */
const scimErrors = (log: Log): ReturnType<typeof problemDetails> => ({
  onError: async (request) => {
    const { error, event } = request;
    if (error instanceof ScimError) request.response = scimProblem(error);
    else if (error instanceof InvalidRequest)
      request.response = scimProblem(new ScimError(400, error.message, 'invalidSyntax'));
    else {
      await problemDetails(log).onError?.(request);
      request.response = scimProblem(unexpectedError(event));
    }
  },
});

/** Whether a write was refused that may have been somebody's deactivation: by its body, its id, or a path such as `/Bulk`. */
const isUnreadableWrite = (event: APIGatewayProxyEventV2, error: unknown): error is Error => {
  if (!isWrite(event) || segmentsOf(event.rawPath)[0] === 'Groups') return false;
  return error instanceof InvalidRequest || (error instanceof ScimError && [400, 404, 501].includes(error.status));
};

/** SCIM 2.0 under `/scim/v2`: an identity provider deactivates a user, and the user's instances are logged out. */
export const createScimHandler = (dependencies: ProviderHandlerDependencies) => {
  const { providers, metrics, log } = dependencies;
  const identifyProvider = createIdentifyProvider(providers);
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use(scimErrors(log))
    .handler(async (event) => {
      const identification = identifyProvider(event, 'scim');
      if (identification.kind === 'refused') {
        metrics.refused(event.routeKey, identification.reason);
        return unauthorized();
      }
      const { provider } = identification;
      metrics.request(provider);
      try {
        return await findAnswer(event)(requestOf(dependencies, event, provider));
      } catch (error) {
        if (isUnreadableWrite(event, error)) metrics.unreadable(provider, error.message);
        throw error;
      }
    });
};

export const handler = createScimHandler(composeProviderHandler(process.env, writeLine));
