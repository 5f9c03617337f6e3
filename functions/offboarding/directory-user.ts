import * as v from 'valibot';
import type { DirectoryUser, UserChange } from './dialect.ts';

// The ids of IAM Identity Center, in every form that its API reference allows.
// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DeleteUser.html

const uuid = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';

export const userIdPattern = new RegExp(`^(?:[0-9a-f]{10}-)?${uuid}$`);

const storeIdPattern = new RegExp(`^(?:d-[0-9a-f]{10}|${uuid})$`);

export const userId = v.pipe(v.string('must be a string'), v.regex(userIdPattern, 'must be the id of a user'));

/** An id in another form is left out: the configured one is read. */
export const storeId = v.fallback(v.optional(v.pipe(v.string(), v.regex(storeIdPattern))), undefined);

/** The part of an id that is the same with and without the number of the identity store before it. */
export const bareUserId = (id: string): string => id.slice(-36);

const formsOf = ({ userId: id, identityStoreId }: DirectoryUser): readonly string[] => {
  const bare = bareUserId(id);
  if (bare !== id) return [id, bare];
  return identityStoreId?.startsWith('d-') ? [`${identityStoreId.slice(2)}-${bare}`, bare] : [bare];
};

/**
 * The id with and without its prefix, the number of the identity store. A UUID may have capital digits, and the console shows
 * small ones: tags with ids are compared with regard to case, so both forms are identities.
 */
export const identitiesOf = (user: DirectoryUser): readonly string[] => {
  const forms = formsOf(user);
  return [...new Set([...forms, ...forms.map((id) => id.toLowerCase())])];
};

/** Two events about one change state its time within so many milliseconds of each other. */
const clockDifferenceMs = 5_000;
/** A further change of the same user is another one after so many milliseconds. */
const intervalMs = 30_000;

/**
 * The names of a change, whichever event reports it and in whichever Region: its own, and the one that an event with a slightly
 * different clock may have given it. No id of a user is used twice, so a deletion needs no time.
 *
 * @param occurredAt ISO 8601
 */
export const namesOfChange = (
  { userId: id, kind }: UserChange,
  occurredAt: string,
): readonly [string, ...(readonly string[])] => {
  const name = (interval: number) => JSON.stringify([bareUserId(id).toLowerCase(), kind, interval]);
  if (kind === 'deleted') return [name(0)];
  const at = Date.parse(occurredAt);
  const [own = 0, ...others] = new Set(
    [at, at - clockDifferenceMs, at + clockDifferenceMs].map((ms) => Math.floor(ms / intervalMs)),
  );
  return [name(own), ...others.map(name)];
};
