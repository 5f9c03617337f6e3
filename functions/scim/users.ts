import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { foldCase, isSameIdentity } from '../instances/identity.ts';
import type { Owners } from '../instances/read-owners.ts';
import { isIdentity } from '../offboarding/dialect.ts';
import { isScimObject, readAttribute } from './attributes.ts';
import type { Deactivate } from './deactivate.ts';
import { type Condition, parseFilter } from './filter.ts';
import { parsePatch } from './patch.ts';
import { project } from './projection.ts';
import { listResponse, maxResults, noContent, type Page, ScimError, scimResponse } from './response.ts';
import { parseNewUser, parseReplacement, type User, userResource } from './user.ts';
import { parseUserId, userIdOf } from './user-id.ts';

export type ScimRequest = {
  /** Where `/Users` is, e.g. `https://….execute-api.eu-central-1.amazonaws.com/scim/v2`. */
  readonly baseUrl: string;
  readonly query: URLSearchParams;
  /** Of the resource; empty where the path has none. */
  readonly id: string;
  /** @throws InvalidRequest */
  readonly body: () => unknown;
  readonly deactivate: Deactivate;
  /** @param to missing if no tag could hold the new name */
  readonly ownerRenamed: (from: string, to: string | undefined) => void;
  /** @throws ScimError if the list cannot be read */
  readonly readOwners: () => Promise<Owners['owners']>;
};

export type ScimAnswer = (request: ScimRequest) => Promise<APIGatewayProxyStructuredResultV2>;

type Identities = readonly string[];

/** The identity that stands for a person who is listed: an address if there is one, for that is what providers match by. */
const primaryOf = (identities: Identities): string =>
  identities.find((identity) => identity.includes('@')) ?? identities[0] ?? '';

/** The identity that a condition finds; `userName` is compared without regard to case (RFC 7643, section 4.1.1). */
const findIdentity = (identities: Identities, { attribute, value }: Condition): string | undefined => {
  if (attribute === 'externalid') return identities.find((identity) => isSameIdentity(identity, value));
  const wanted = attribute === 'id' ? parseUserId(value) : value;
  return wanted === undefined ? undefined : identities.find((identity) => foldCase(identity) === foldCase(wanted));
};

const findUser = (identities: Identities, conditions: readonly Condition[]): readonly User[] => {
  const found = conditions.map((condition) => ({ ...condition, identity: findIdentity(identities, condition) }));
  if (found.some(({ identity }) => identity === undefined)) return [];
  const externalId = found.find(({ attribute }) => attribute === 'externalid')?.identity;
  const userName = found.find(({ attribute }) => attribute !== 'externalid')?.identity ?? primaryOf(identities);
  return [{ userName, externalId }];
};

/**
 * The users that a filter finds among the owners of instances, in an order that does not change.
 *
 * @param conditions none: everybody
 */
const findUsers = async ({ readOwners }: ScimRequest, conditions: readonly Condition[]): Promise<readonly User[]> => {
  const users = (await readOwners()).flatMap((identities) => findUser(identities, conditions));
  const byId = new Map(users.map((user) => [userIdOf(user.userName), user]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, user]) => user);
};

/** @throws ScimError 404 for an id that this service did not give out */
const userNameIn = ({ id }: ScimRequest): string => {
  const userName = parseUserId(id);
  if (userName === undefined) throw new ScimError(404, 'there is no user with this id');
  return userName;
};

const shown = ({ baseUrl, query }: ScimRequest, user: User) => project(userResource(user, baseUrl), query);

const parseNumber = (query: URLSearchParams, name: string, absent: number): number => {
  const text = query.get(name)?.trim() ?? '';
  if (text === '') return absent;
  if (!/^[+-]?[0-9]+$/.test(text)) throw new ScimError(400, `${name} must be a whole number`, 'invalidValue');
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
};

/** Reads `startIndex` and `count` (RFC 7644, section 3.4.2.4). @throws ScimError */
const parsePage = (query: URLSearchParams): Page => ({
  startIndex: Math.max(1, parseNumber(query, 'startIndex', 1)),
  count: Math.min(maxResults, Math.max(0, parseNumber(query, 'count', maxResults))),
});

export const listUsers: ScimAnswer = async (request) => {
  const page = parsePage(request.query);
  const filter = request.query.get('filter') ?? '';
  const users = await findUsers(request, filter.trim() === '' ? [] : parseFilter(filter));
  const resources = users.map((user) => shown(request, user));
  return listResponse(resources, page);
};

const searchParameters = ['filter', 'startIndex', 'count', 'attributes', 'excludedAttributes'] as const;

/** `POST …/.search`: a list whose parameters are in the body (RFC 7644, section 3.4.3). */
export const searchUsers: ScimAnswer = async (request) => {
  const body = request.body();
  if (!isScimObject(body)) throw new ScimError(400, 'the body must be a JSON object', 'invalidSyntax');
  const parameters = searchParameters.flatMap((name): [string, string][] => {
    const value = readAttribute(body, name.toLowerCase());
    return value === undefined ? [] : [[name, String(value)]];
  });
  return listUsers({ ...request, query: new URLSearchParams(parameters) });
};

/** The id stands for the name, whether the person owns an instance yet or not: a tag may follow. */
export const getUser: ScimAnswer = async (request) =>
  scimResponse(200, shown(request, { id: request.id, userName: userNameIn(request) }));

/** Stores nothing: it gives the id by which the provider will deactivate this person. */
export const createUser: ScimAnswer = async (request) => {
  const { userName, active = true, aliases } = parseNewUser(request.body());
  // Before the search: neither a 409 nor a list that cannot be read may prevent the logout.
  if (!active) await request.deactivate([userName, ...aliases]);
  const existing = await findUsers(request, [{ attribute: 'username', value: userName }]).catch((error) => {
    // The client would send again what was started.
    if (!active && error instanceof ScimError) return [];
    throw error;
  });
  if (existing.length > 0)
    throw new ScimError(409, 'this user exists: find it with a filter by userName', 'uniqueness');
  const user = shown(request, { userName, active });
  return scimResponse(201, user, { location: `${request.baseUrl}/Users/${user.id}` });
};

/**
 * Reports that a provider gave the owner of an instance another name. A later deactivation may come under the new name and find
 * nobody, unless the tag holds both.
 *
 * @param from the name that the id of the user stands for
 * @param to the `userName` that was sent; missing if none was
 */
const reportRename = async ({ readOwners, ownerRenamed }: ScimRequest, from: string, to: unknown): Promise<void> => {
  if (typeof to !== 'string' || foldCase(to) === foldCase(from)) return;
  const has = (identities: readonly string[], name: string): boolean =>
    identities.some((identity) => foldCase(identity) === foldCase(name));
  const owners = await readOwners();
  if (owners.some((identities) => has(identities, from) && !has(identities, to)))
    ownerRenamed(from, isIdentity(to) ? to : undefined);
};

type Change = {
  readonly active?: boolean | undefined;
  readonly userName?: unknown;
  readonly aliases?: readonly string[];
};

/** The answer has the name that the id stands for, and `active` as it was sent: it says that the request was accepted. */
const createChange =
  (parse: (body: unknown) => Change): ScimAnswer =>
  async (request) => {
    const userName = userNameIn(request);
    const { active = true, userName: sent, aliases = [] } = parse(request.body());
    if (active) await reportRename(request, userName, sent);
    else await request.deactivate([userName, sent, ...aliases].filter(isIdentity));
    return scimResponse(200, shown(request, { id: request.id, userName, active }));
  };

export const replaceUser = createChange(parseReplacement);

export const patchUser = createChange(parsePatch);

export const deleteUser: ScimAnswer = async (request) => {
  await request.deactivate([userNameIn(request)]);
  return noContent;
};
