import { canonicalIdentity } from '../instances/identity.ts';
import { isIdentity } from '../offboarding/dialect.ts';

const prefix = 'u1.';

const idOf = (identity: string): string => `${prefix}${Buffer.from(identity).toString('base64url')}`;

/**
 * The `id` of a user: the name itself, encoded. Nothing is stored, and the same person has the same id for ever.
 *
 * @param userName an identity
 */
export const userIdOf = (userName: string): string => idOf(canonicalIdentity(userName));

/**
 * The `userName` that an id stands for; `undefined` for an id that this service cannot have given out. An id of an older version may
 * encode another spelling of the name, such as a capital letter, and providers keep ids: it is still understood.
 */
export const parseUserId = (id: string): string | undefined => {
  const userName = Buffer.from(id.slice(prefix.length), 'base64url').toString();
  return isIdentity(userName) && idOf(userName) === id ? userName : undefined;
};
