import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Owners } from '../instances/read-owners.ts';
import type { Deactivate } from './deactivate.ts';
import { type Condition, parseFilter } from './filter.ts';
import { findUsers } from './find-users.ts';
import { isIdentity } from './identity.ts';
import { listResponse, parsePage } from './list-response.ts';
import { parsePatch } from './patch.ts';
import { project } from './projection.ts';
import type { ReportRename } from './rename.ts';
import { noContent, scimResponse } from './response.ts';
import { ScimError } from './scim-error.ts';
import { parseSearch } from './search.ts';
import { parseNewUser, parseReplacement, type User, userResource } from './user.ts';
import { parseUserId } from './user-id.ts';

/** A request as far as it is the same for every route. */
export type ScimRequest = {
  /** Where `/Users` is, e.g. `https://….execute-api.eu-central-1.amazonaws.com/scim/v2`. */
  readonly baseUrl: string;
  readonly query: URLSearchParams;
  readonly id: string | undefined;
  /** @throws InvalidRequest */
  readonly body: () => unknown;
  readonly deactivate: Deactivate;
  readonly reportRename: ReportRename;
  /** @throws ScimError if the list cannot be read */
  readonly readOwners: () => Promise<Owners['owners']>;
};

export type ScimAnswer = (request: ScimRequest) => Promise<APIGatewayProxyStructuredResultV2>;

const find = async ({ readOwners }: ScimRequest, conditions: readonly Condition[]): Promise<readonly User[]> =>
  findUsers(await readOwners(), conditions);

/** @throws ScimError 404 for an id that this service did not give out */
const userNameIn = ({ id }: ScimRequest): string => {
  const userName = parseUserId(id);
  if (userName === undefined) throw new ScimError(404, 'there is no user with this id');
  return userName;
};

/** The user as the client asked to see it. */
const shown = ({ baseUrl, query }: ScimRequest, user: User) => project(userResource(user, baseUrl), query);

export const listUsers: ScimAnswer = async (request) => {
  const page = parsePage(request.query);
  const filter = request.query.get('filter') ?? '';
  const users = await find(request, filter.trim() === '' ? [] : parseFilter(filter));
  return scimResponse(
    200,
    listResponse(
      users.map((user) => shown(request, user)),
      page,
    ),
  );
};

/** `POST …/.search`: a list whose parameters are in the body (RFC 7644, section 3.4.3). */
export const searchUsers: ScimAnswer = (request) => listUsers({ ...request, query: parseSearch(request.body()) });

/** The id stands for the name, whether the person owns an instance yet or not: a tag may follow. */
export const getUser: ScimAnswer = async (request) =>
  scimResponse(200, shown(request, { id: request.id, userName: userNameIn(request) }));

/** Stores nothing: it gives the id by which the provider will deactivate this person. */
export const createUser: ScimAnswer = async (request) => {
  const { userName, active = true, aliases } = parseNewUser(request.body());
  // Before the search: neither a 409 nor a list that cannot be read may prevent the logout.
  if (!active) await request.deactivate([userName, ...aliases]);
  const existing = await find(request, [{ attribute: 'username', value: userName }]).catch((error) => {
    // The client would send again what was started.
    if (!active && error instanceof ScimError) return [];
    throw error;
  });
  if (existing.length > 0)
    throw new ScimError(409, 'this user exists: find it with a filter by userName', 'uniqueness');
  const user = shown(request, { userName, active });
  return scimResponse(201, user, { location: `${request.baseUrl}/Users/${user.id}` });
};

/** The answer has the name that the id stands for, and `active` as it was sent: it says that the request was accepted. */
const changedUser = (request: ScimRequest, userName: string, active = true) =>
  scimResponse(200, shown(request, { id: request.id, userName, active }));

export const replaceUser: ScimAnswer = async (request) => {
  const userName = userNameIn(request);
  const sent = parseReplacement(request.body());
  if (sent.active === false) await request.deactivate([userName, sent.userName, ...sent.aliases].filter(isIdentity));
  else await request.reportRename(userName, sent.userName);
  return changedUser(request, userName, sent.active);
};

export const patchUser: ScimAnswer = async (request) => {
  const userName = userNameIn(request);
  const change = parsePatch(request.body());
  if (change.active === false) await request.deactivate([userName, change.userName].filter(isIdentity));
  else await request.reportRename(userName, change.userName);
  return changedUser(request, userName, change.active);
};

export const deleteUser: ScimAnswer = async (request) => {
  await request.deactivate([userNameIn(request)]);
  return noContent;
};
