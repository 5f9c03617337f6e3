import { isScimObject, parseActive, readAttribute, type ScimObject, userAttributes } from './attributes.ts';
import { isIdentity } from './identity.ts';
import { schemaUrns } from './schema-urns.ts';
import { ScimError } from './scim-error.ts';
import { userIdOf } from './user-id.ts';

/** A user as a provider sends one in POST and PUT: what this service acts on. */
export type SentUser = {
  readonly userName: string | undefined;
  readonly active: boolean | undefined;
  /** Further identities of the same person: `externalId` and the primary e-mail address. */
  readonly aliases: readonly string[];
};

const emailOf = (emails: unknown): unknown => {
  const entries: readonly ScimObject[] = Array.isArray(emails) ? emails.filter(isScimObject) : [];
  // One of them only: the others may be an address that several people read.
  const primary =
    entries.find((entry) => readAttribute(entry, 'primary') === true) ??
    entries.find((entry) => readAttribute(entry, 'type') === 'work') ??
    entries[0];
  return primary && readAttribute(primary, 'value');
};

/** Reads the whole user of a POST or PUT; what else is in it, nulls and unknown schemas included, is passed over. @throws ScimError */
export const parseUser = (body: unknown): SentUser => {
  if (!isScimObject(body)) throw new ScimError(400, 'the body must be a JSON object', 'invalidSyntax');
  const attributes = userAttributes(body);
  const userName = readAttribute(attributes, 'username');
  if (userName !== undefined && !isIdentity(userName))
    throw new ScimError(
      400,
      'userName must be a text of 1 to 256 characters without white space: it names the owner of an instance',
      'invalidValue',
    );
  return {
    userName,
    active: parseActive(readAttribute(attributes, 'active')),
    aliases: [readAttribute(attributes, 'externalid'), emailOf(readAttribute(attributes, 'emails'))].filter(isIdentity),
  };
};

/** A user as SCIM clients see one. Names, addresses and dates are left out: this service keeps none. */
export type User = {
  /** @default that of `userName`; a client that knows an older one gets it back */
  readonly id?: string | undefined;
  readonly userName: string;
  /** @default true: a deactivation will be acted on. It is never read back as false, for then no provider would send one. */
  readonly active?: boolean;
  readonly externalId?: string;
};

export const userResource = (user: User, baseUrl: string): ScimObject => {
  const { userName, id = userIdOf(userName), active = true, externalId } = user;
  return {
    schemas: [schemaUrns.user],
    id,
    ...(externalId !== undefined && { externalId }),
    userName,
    active,
    meta: { resourceType: 'User', location: `${baseUrl}/Users/${id}` },
  };
};
