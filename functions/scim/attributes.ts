import { schemaUrns } from './schema-urns.ts';
import { ScimError } from './scim-error.ts';

const coreUser = schemaUrns.user.toLowerCase();

/** The name by which attributes are compared: case does not count, and the schema of users may stand before it (RFC 7644, section 3.10). */
export const attributeName = (name: string): string => {
  const lower = name.trim().toLowerCase();
  return lower.startsWith(`${coreUser}:`) ? lower.slice(coreUser.length + 1) : lower;
};

export type ScimObject = Readonly<Record<string, unknown>>;

export const isScimObject = (value: unknown): value is ScimObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The attributes of a user. Some providers put them in an object under the URN of the schema of users. */
export const userAttributes = (object: ScimObject): ScimObject =>
  Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) =>
      attributeName(key) === coreUser && isScimObject(value) ? Object.entries(value) : [[key, value]],
    ),
  );

/** Reads an attribute whatever the case of its name. `null` is the same as a missing one (RFC 7643, section 2.5). */
export const readAttribute = (object: ScimObject, name: string): unknown =>
  Object.entries(object).find(([key]) => attributeName(key) === name)?.[1] ?? undefined;

/**
 * Reads `active`. Entra ID sends it as a text, `"False"`, unless it is told to follow the standard
 * (https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility).
 *
 * @throws ScimError for anything but true and false: to take it for one of them would be a guess about somebody's access
 */
export const parseActive = (value: unknown): boolean | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ScimError(400, 'active must be true or false', 'invalidValue');
};
