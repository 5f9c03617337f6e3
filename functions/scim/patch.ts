import {
  attributeName,
  checkNames,
  isCoreUser,
  isScimObject,
  parseChangedActive,
  parseName,
  readAttribute,
  type ScimObject,
  userAttributes,
} from './attributes.ts';
import { ScimError } from './response.ts';

/** What a PATCH changes of the two attributes this service acts on; everything else is accepted and not kept. */
type UserChange = {
  readonly active?: boolean;
  /** Any value, if the user is deactivated: the id names the person. */
  readonly userName?: unknown;
};

const mostOperations = 1_000;

const syntax = (detail: string): ScimError => new ScimError(400, detail, 'invalidSyntax');

const parsePath = (operation: ScimObject): string | undefined => {
  const path = readAttribute(operation, 'path');
  if (path === undefined || (typeof path === 'string' && path.trim() !== '')) return path && parseName(path);
  throw new ScimError(400, 'path must be a string that is not empty', 'invalidPath');
};

const parseSet = (path: string | undefined, value: unknown): UserChange => {
  if (path === undefined && !isScimObject(value))
    throw new ScimError(400, 'value must be an object where path is missing', 'invalidValue');
  const values = userAttributes(path === undefined ? (value as ScimObject) : { [path]: value });
  checkNames(values);
  const active = parseChangedActive(values);
  const userName = readAttribute(values, 'username');
  return { ...(active !== undefined && { active }), ...(userName !== undefined && { userName }) };
};

const parseRemove = (path: string | undefined): UserChange => {
  if (path === undefined) throw new ScimError(400, 'path is missing: remove needs one', 'noTarget');
  if (path === 'active' || isCoreUser(path))
    throw new ScimError(400, 'active cannot be removed: replace it by true or false', 'invalidValue');
  return {};
};

const parseOperation = (operation: unknown): UserChange => {
  if (!isScimObject(operation)) throw syntax('each of Operations must be an object');
  const op = readAttribute(operation, 'op');
  const path = parsePath(operation);
  switch (typeof op === 'string' ? attributeName(op) : undefined) {
    case 'add':
    case 'replace':
      return parseSet(path, readAttribute(operation, 'value'));
    case 'remove':
      return parseRemove(path);
    default:
      throw syntax('op must be add, replace or remove');
  }
};

/**
 * Reads a PATCH body in every dialect that is known: `op` in any case, with a path or with an object of values, `active` as
 * a boolean or as a text. The object may have the values under the URN of the schema of users. Later operations win.
 *
 * @throws ScimError, and then nothing may be done: a PATCH is carried out as a whole (RFC 7644, section 3.5.2)
 */
export const parsePatch = (body: unknown): UserChange => {
  const operations = isScimObject(body) ? readAttribute(body, 'operations') : undefined;
  if (!Array.isArray(operations) || operations.length === 0)
    throw syntax('Operations must be a list of at least one operation');
  if (operations.length > mostOperations) throw syntax(`Operations must be at most ${mostOperations}`);
  const change: UserChange = Object.assign({}, ...operations.map(parseOperation));
  if (change.active !== false && change.userName !== undefined && typeof change.userName !== 'string')
    throw new ScimError(400, 'userName must be a string', 'invalidValue');
  return change;
};
