import { canonicalIdentity } from '../instances/directory.ts';
import { isIdentity } from './identity.ts';

const prefix = 'u1.';

/**
 * The `id` of a user: the name itself, encoded. Nothing is stored, and the same person has the same id for ever.
 *
 * @param userName an identity
 */
export const userIdOf = (userName: string): string =>
  `${prefix}${Buffer.from(canonicalIdentity(userName)).toString('base64url')}`;

/** The `userName` that an id stands for; `undefined` for an id that this service did not give out. */
export const parseUserId = (id: string | undefined): string | undefined => {
  if (id === undefined || !id.startsWith(prefix)) return undefined;
  const userName = Buffer.from(id.slice(prefix.length), 'base64url').toString();
  return isIdentity(userName) && userIdOf(userName) === id ? userName : undefined;
};
