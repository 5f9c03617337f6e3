import { defined } from '../platform/defined.ts';
import { foldCase, parseOwner } from './identity.ts';

/**
 * How a search finds instances: by a part of the id, of an identity or of the name, or by the last digits of the phone number. The API,
 * the command line and the console search alike. A search only shows. What it leads to is compared by the rules of `identity.ts`.
 */

/** Three characters or more, spaces around them not counted. */
export const queryPattern = /\S[\s\S]+\S/u;
export const queryRule = 'must be at least 3 characters';

/** What is searched, the surest find first. */
export const fields = ['phone', 'owner', 'name', 'id'] as const;

/** By what a query found an instance. */
export type MatchedBy = (typeof fields)[number];

/** The fields of an instance that are searched, or of a secret that is not understood. */
export type Searchable = {
  readonly idInstance?: string | undefined;
  readonly secretName?: string | undefined;
  readonly owner?: string | undefined;
  readonly name?: string | undefined;
  /** The last digits of the number. */
  readonly phone?: string | undefined;
};

/**
 * What the tags of an instance say about its owner besides the identities, for people who search. Runs and evidence never have it: it
 * says more about a person than a logout needs.
 */
export type Contact = {
  /** The person's name. */
  readonly name?: string;
  /** The last digits of the number that was linked when the instance was enrolled, at most six. */
  readonly phone?: string;
};

/** Tags can be read by many, so they never hold a whole number. */
const keptDigits = 6;

/** What is kept of a phone number, however it is written; empty if there is no digit. */
export const shortenPhone = (text: string): string => text.normalize('NFKC').replace(/\D/g, '').slice(-keptDigits);

/** The spelling by which parts are compared: without regard to case, marks and the width of characters. */
export const searchForm = (text: string): string => foldCase(text.normalize('NFKD').replace(/\p{M}/gu, ''));

/** What stands for digits that are not known: `…4567` (an ellipsis is three dots in `NFKC`), `***4567`, `xxx4567`. */
const hiddenDigits = /\.{2,}|[*#_?~\u2022\u00b7]|x+(?=[\s\d])/i;

const fewestDigits = 3;

/** The digits at the end of a number, however it is written, such as `+49 (0) 170 …4567`; `undefined`: the text is no number. */
const lastDigits = (text: string): string | undefined => {
  const known = text
    .normalize('NFKC')
    .replace(/^\s*tel:/i, '')
    .split(hiddenDigits);
  if (known.some((part) => /\p{L}|@/u.test(part))) return undefined;
  const digits = (known.at(-1) ?? '').replace(/\D/g, '');
  return digits.length < fewestDigits ? undefined : digits;
};

export type Query = { readonly words: readonly string[]; readonly digits?: string };

export const parseSearch = (text: string): Query => {
  const digits = lastDigits(text);
  const words = searchForm(text).split(/\s/).filter(Boolean);
  return defined({ words, digits });
};

/** One of them may have fewer digits than the other, but never so few that they match anything. */
const endAlike = (phone: string, digits: string): boolean =>
  phone.length >= fewestDigits && (phone.endsWith(digits) || digits.endsWith(phone));

/** What of an instance is compared with a query. Made once for an instance that is searched often. */
export type Prepared = Readonly<Record<MatchedBy, string>>;

export const prepare = ({ idInstance, secretName, owner = '', name = '', phone = '' }: Searchable): Prepared => ({
  phone,
  owner: searchForm(parseOwner(owner).join(' ')),
  name: searchForm(name),
  id: searchForm(idInstance ?? secretName ?? ''),
});

/** By what the query finds an instance, in the order of {@link fields}; nothing: not at all. */
export const matchOf = (prepared: Prepared, { words, digits }: Query): readonly MatchedBy[] => {
  const hasWords = (text: string) => words.length > 0 && words.every((word) => text.includes(word));
  const found: Readonly<Record<MatchedBy, boolean>> = {
    phone: digits !== undefined && endAlike(prepared.phone, digits),
    owner: hasWords(prepared.owner),
    name: hasWords(prepared.name),
    id: hasWords(prepared.id) || (digits !== undefined && prepared.id.includes(digits)),
  };
  return fields.filter((field) => found[field]);
};
