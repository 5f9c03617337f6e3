import { ScimError, schemaUrns } from './response.ts';

const coreUser = schemaUrns.user.toLowerCase();

/** The name by which attributes are compared: case does not count, and the schema of users may stand before it (RFC 7644, section 3.10). */
export const attributeName = (name: string): string => {
  const lower = name.trim().toLowerCase();
  return lower.startsWith(`${coreUser}:`) ? lower.slice(coreUser.length + 1) : lower;
};

/** Whether a path or key stands for all attributes of a user together. */
export const isCoreUser = (name: string): boolean => attributeName(name) === coreUser;

export type ScimObject = Readonly<Record<string, unknown>>;

export const isScimObject = (value: unknown): value is ScimObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Attributes as they were sent. A name may be there twice: in another case, or under the URN of a schema. */
export type SentAttributes = readonly (readonly [name: string, value: unknown])[];

/** The attributes of a user. Some providers put them in an object under the URN of the schema of users. @throws ScimError */
export const userAttributes = (object: ScimObject): SentAttributes =>
  Object.entries(object).flatMap(([key, value]): SentAttributes => {
    if (!isCoreUser(key)) return [[key, value]];
    if (isScimObject(value)) return Object.entries(value);
    throw new ScimError(400, 'the value for the schema of users must be an object of attributes', 'invalidValue');
  });

/** What was sent for an attribute, whatever the case of its name. */
const sentFor = (attributes: ScimObject | SentAttributes, name: string): SentAttributes =>
  (isScimObject(attributes) ? Object.entries(attributes) : attributes).filter(([key]) => attributeName(key) === name);

export const valuesOf = (attributes: ScimObject | SentAttributes, name: string): readonly unknown[] =>
  sentFor(attributes, name).map(([, value]) => value);

/**
 * Reads an attribute. `null` is the same as a missing one (RFC 7643, section 2.5).
 *
 * @throws ScimError if it was sent twice with different values: to take one of them would be a guess
 */
export const readAttribute = (attributes: ScimObject | SentAttributes, name: string): unknown => {
  const [first, ...others] = sentFor(attributes, name);
  if (first === undefined) return undefined;
  const [key, value] = first;
  if (others.some(([, other]) => JSON.stringify(other) !== JSON.stringify(value)))
    throw new ScimError(400, `${key.trim()} was sent twice, with different values`, 'invalidValue');
  return value ?? undefined;
};

/** Reads true and false, also as a text such as `"False"`; `undefined` for anything else. */
export const parseBoolean = (value: unknown): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
};

const notBoolean = (): ScimError => new ScimError(400, 'active must be true or false', 'invalidValue');

/**
 * Reads `active`. Entra ID sends it as a text, `"False"`, unless it is told to follow the standard
 * (https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility).
 *
 * @returns `null` if it was sent without a value
 * @throws ScimError for anything but true and false: to take it for one of them would be a guess about somebody's access
 */
export const parseActive = (attributes: SentAttributes): boolean | null | undefined => {
  if (valuesOf(attributes, 'active').length === 0) return undefined;
  const value = readAttribute(attributes, 'active');
  if (value === undefined) return null;
  const active = parseBoolean(value);
  if (active === undefined) throw notBoolean();
  return active;
};

/** The same where an attribute that is sent is changed: without a value, it may be meant as a deactivation. @throws ScimError */
export const parseChangedActive = (attributes: SentAttributes): boolean | undefined => {
  const active = parseActive(attributes);
  if (active === null) throw notBoolean();
  return active;
};

/** A path with filters such as `[type eq "work"]`: the words in one are values. */
const wellFormed = /^[^[\]"]*(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\][^[\]"]*)*$/;
const filterInPath = /\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]/g;

/** `active`, or a name that is meant like it, as a whole word. */
const likeActive = /(?<![a-z0-9])(?:is|in)?active(?!\w)/;

const misspelt = (): ScimError =>
  new ScimError(400, 'this spelling of "active" is not understood: send "active"', 'invalidPath');

/** @throws ScimError for `active` in another spelling, such as `User.active`: to ignore it could ignore a deactivation */
export const parseName = (path: string): string => {
  // Tested first: in a path with a bracket too many, looking for filters takes time with the square of its length.
  if (!wellFormed.test(path))
    throw new ScimError(400, 'the name of an attribute has a bracket or a quotation mark too many', 'invalidPath');
  const name = attributeName(path);
  const plain = name.replace(filterInPath, '');
  if (name === 'active' || (plain !== '' && !likeActive.test(plain))) return name;
  throw misspelt();
};

const mostDepth = 5;

/** @throws ScimError for `active` in another spelling, or in another attribute than the user itself */
export const checkNames = (attributes: SentAttributes, depth = 0): void => {
  for (const [key, value] of attributes) {
    if (parseName(key) === 'active' && depth > 0) throw misspelt();
    if (isScimObject(value) && depth < mostDepth) checkNames(Object.entries(value), depth + 1);
  }
};

/** What this service acts on. Of any other name that comes twice the last one counts, as in every JSON parser. */
const actedOn = ['active', 'username', 'operations', 'op', 'path', 'value'];

const jsonToken = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;

/** The name, if any, that an object in a JSON text has twice, and that this service acts on. */
const repeatedName = (json: string): string | undefined => {
  const outer: Set<string>[] = [];
  let names = new Set<string>();
  for (const [text, colon] of json.matchAll(jsonToken)) {
    if (text === '{') {
      outer.push(names);
      names = new Set();
    } else if (text === '}') names = outer.pop() ?? names;
    else if (colon !== undefined) {
      const name = String(JSON.parse(text.slice(0, -colon.length)));
      if (names.has(name) && actedOn.includes(attributeName(name))) return name.trim();
      names.add(name);
    }
  }
  return undefined;
};

/** @throws ScimError for `{"active": false, "active": true}`: the parser would take the last one, and that would be a guess */
export const checkNamesOnce = (json: string): void => {
  const name = repeatedName(json);
  if (name !== undefined) throw new ScimError(400, `${name} was sent twice in one object`, 'invalidSyntax');
};
