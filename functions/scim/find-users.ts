import { foldCase, isSameIdentity } from '../instances/identity.ts';
import type { Condition } from './filter.ts';
import type { User } from './user.ts';
import { parseUserId, userIdOf } from './user-id.ts';

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
 * @param owners the identities of each `owner` tag
 * @param conditions none: everybody
 */
export const findUsers = (owners: readonly Identities[], conditions: readonly Condition[]): readonly User[] => {
  const users = owners.flatMap((identities) => findUser(identities, conditions));
  const byId = new Map(users.map((user) => [userIdOf(user.userName), user]));
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, user]) => user);
};
