import { isIdentity } from '../offboarding/dialect.ts';
import {
  checkNames,
  isScimObject,
  parseActive,
  parseBoolean,
  parseChangedActive,
  readAttribute,
  type ScimObject,
  type SentAttributes,
  userAttributes,
  valuesOf,
} from './attributes.ts';
import { ScimError, schemaUrns } from './response.ts';
import { userIdOf } from './user-id.ts';

/** A user as a provider sends one in POST and PUT: what this service acts on. */
type SentUser = {
  readonly userName: string | undefined;
  readonly active: boolean | undefined;
  /** Further identities of the same person: `externalId` and an e-mail address. */
  readonly aliases: readonly string[];
};

const isWork = (entry: ScimObject): boolean =>
  valuesOf(entry, 'type').some((type) => typeof type === 'string' && type.trim().toLowerCase() === 'work');

const isPrimary = (entry: ScimObject): boolean =>
  valuesOf(entry, 'primary').some((value) => parseBoolean(value) === true);

/** The primary address, or else the one at work. Any other may be private, or a mailbox that several people read. */
const emailOf = (emails: unknown): unknown => {
  const entries = [emails].flat().filter(isScimObject);
  const email = entries.find(isPrimary) ?? entries.find(isWork);
  return email && valuesOf(email, 'value')[0];
};

const attributesOf = (body: unknown): SentAttributes => {
  if (!isScimObject(body)) throw new ScimError(400, 'the body must be a JSON object', 'invalidSyntax');
  return userAttributes(body);
};

const aliasesOf = (attributes: SentAttributes): readonly string[] =>
  [valuesOf(attributes, 'externalid')[0], emailOf(valuesOf(attributes, 'emails')[0])].filter(isIdentity);

const parseUserName = (attributes: SentAttributes): string | undefined => {
  const userName = readAttribute(attributes, 'username');
  if (userName === undefined || isIdentity(userName)) return userName;
  throw new ScimError(
    400,
    'userName must be a string of 1 to 256 characters without white space: it names the owner of an instance',
    'invalidValue',
  );
};

/** Reads the user of a POST; what else is in it, nulls and unknown schemas included, is passed over. @throws ScimError */
export const parseNewUser = (body: unknown): SentUser & { readonly userName: string } => {
  const attributes = attributesOf(body);
  const userName = parseUserName(attributes);
  if (userName === undefined) throw new ScimError(400, 'userName is missing', 'invalidValue');
  const active = parseActive(attributes) ?? undefined;
  if (active !== false) checkNames(attributes);
  return { userName, active, aliases: aliasesOf(attributes) };
};

/** Reads the user of a PUT. One that deactivates may have any `userName`: the id names the person. @throws ScimError */
export const parseReplacement = (body: unknown): SentUser => {
  const attributes = attributesOf(body);
  const active = parseChangedActive(attributes);
  const aliases = aliasesOf(attributes);
  if (active === false) return { userName: valuesOf(attributes, 'username').find(isIdentity), active, aliases };
  checkNames(attributes);
  const userName = parseUserName(attributes);
  if (userName === undefined && active === undefined)
    throw new ScimError(400, 'the body must be a user: userName is missing', 'invalidValue');
  return { userName, active, aliases };
};

/** A user as SCIM clients see one. Names, addresses and dates are left out: this service keeps none. */
export type User = {
  /** @default that of `userName`; a client that knows an older one gets it back */
  readonly id?: string | undefined;
  readonly userName: string;
  /** @default true: a deactivation will be acted on. It is never read back as false, for then no provider would send one. */
  readonly active?: boolean;
  readonly externalId?: string | undefined;
};

export const userResource = (user: User, baseUrl: string): ScimObject => {
  const { userName, id = userIdOf(userName), active = true, externalId } = user;
  return {
    schemas: [schemaUrns.user],
    id,
    externalId,
    userName,
    active,
    meta: { resourceType: 'User', location: `${baseUrl}/Users/${id}` },
  };
};
