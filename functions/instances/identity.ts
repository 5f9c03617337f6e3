/**
 * How people and groups are compared: every comparison of an identity or a group uses these rules. `docs/secrets-and-tags.md` states
 * them for people.
 */

/**
 * One identity. Characters that show as a space or not at all, such as a zero-width space or the Hangul filler U+3164, are no part of
 * one: two different texts would look the same.
 */
export const identityPattern = /^[^\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]+$/u;

/** Shown as a space: white space, the Hangul fillers, and the Braille pattern without dots. */
const blanks = /[\s\p{Z}\u115f\u1160\u2800\u3164\uffa0]/u;

/** Not shown at all, such as a zero-width space out of a copied text. */
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** The identities in an `owner` tag, or in the owner that a request names: what a reader sees as words. */
export const parseOwner = (text: string): readonly string[] =>
  text
    .split(blanks)
    .map((word) => word.replace(invisible, ''))
    .filter((identity) => identity !== '');

const ascii = /^[\0-\x7f]*$/;

/** A letter and its mark as one character (NFC), except the signs for Ohm, Kelvin and Angstrom: Unicode would make letters of them. */
export const compose = (text: string): string =>
  ascii.test(text) ? text : text.replace(/[^\u2126\u212a\u212b]+/gu, (part) => part.normalize('NFC'));

/** Capitals whose small letter is another letter's too: of the dotted I, the theta symbol, and the signs for Ohm, Kelvin and Angstrom. */
const apart = '\u0130\u03f4\u2126\u212a\u212b';

/** Letter by letter, so that a sigma at the end of a word is the same as elsewhere. */
const lowerCase = (letter: string): string =>
  apart.includes(letter) ? letter : letter.toLowerCase().replace('ς', 'σ');

/**
 * The spelling by which texts are compared without regard to case. It joins no two letters: the Kelvin sign is no k, the dotless and
 * the dotted i are no i, and the long s is no s.
 */
export const foldCase = (text: string): string =>
  ascii.test(text) ? text.toLowerCase() : compose([...compose(text)].map(lowerCase).join(''));

/** The spelling by which identities are compared: e-mail addresses without regard to case, ids with it. */
export const canonicalIdentity = (identity: string): string =>
  identity.includes('@') ? foldCase(identity) : compose(identity);

export const isSameIdentity = (a: string, b: string): boolean => canonicalIdentity(a) === canonicalIdentity(b);

type Tags = { readonly owner?: string | undefined; readonly group?: string | undefined };

/** Whether one of the identities in `owner` is one of those of the instance: whole identities, never a part of one. */
export const isOwnedBy = ({ owner: tag = '' }: Tags, owner: string): boolean => {
  const owners = parseOwner(tag);
  return parseOwner(owner).some((identity) => owners.some((other) => isSameIdentity(identity, other)));
};

/** Groups are compared with regard to case: `Sales` and `sales` may both exist. */
export const isInGroup = ({ group: tag }: Tags, group: string): boolean =>
  tag !== undefined && compose(tag) === compose(group);

type Target =
  | { readonly owner: string }
  | { readonly group: string }
  | { readonly all: true }
  | { readonly instances: unknown };

/** Whether a target includes an instance, or a secret that is not understood, by its tags; one that names instances, or all, includes them whatever their tags. */
export const includes = (target: Target, tags: Tags): boolean => {
  if ('owner' in target) return isOwnedBy(tags, target.owner);
  return 'group' in target ? isInGroup(tags, target.group) : true;
};
