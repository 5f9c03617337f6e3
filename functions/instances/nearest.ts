import { defined } from '../platform/defined.ts';
import { parseOwner } from './identity.ts';
import type { Instance } from './people.ts';
import { parseSearch, searchForm } from './search.ts';

/** Somebody whom a search that found nobody may have meant. */
export type Nearest = { readonly name?: string; readonly identity?: string; readonly phone?: string };

/** Each two neighbouring characters of a text. */
const pairsOf = (text: string): ReadonlySet<string> => {
  const characters = [...text];
  return new Set(characters.slice(1).map((character, index) => `${characters[index]}${character}`));
};

/** How alike two texts are, from 0 to 1: the share of their pairs of characters that they have in common. */
const likeness = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let common = 0;
  for (const pair of b) if (a.has(pair)) common += 1;
  return common === 0 ? 0 : (2 * common) / (a.size + b.size);
};

/** Less than this is chance: `john` and `joan` have 0.33, `jon doe` and `john doe` 0.77. */
const leastLikeness = 0.45;

/** The most similar of some names, such as those of groups. */
export const findNearestNames = (names: Iterable<string>, text: string, most = 3): readonly string[] => {
  const query = pairsOf(searchForm(text));
  return [...new Set(names)]
    .map((name) => ({ name, rate: likeness(pairsOf(searchForm(name)), query) }))
    .filter(({ rate }) => rate >= leastLikeness)
    .toSorted((a, b) => b.rate - a.rate)
    .slice(0, most)
    .map(({ name }) => name);
};

/** Whether one digit of a number was misheard, or two of them exchanged. */
const isMisheard = (digits: string, phone = ''): boolean => {
  const end = phone.slice(-digits.length);
  const heard = digits.slice(-end.length);
  const different = [...end].filter((digit, index) => digit !== heard[index]);
  if (end.length < 4) return false;
  return different.length === 1 || (different.length === 2 && [...end].sort().join() === [...heard].sort().join());
};

/** Of the name and each word of it, and of what stands before the @ of an address. */
const likenessOf = ({ name = '', owner = '' }: Instance, query: ReadonlySet<string>): number => {
  const mailboxes = parseOwner(owner).map((identity) => identity.split('@')[0] ?? '');
  const texts = [...mailboxes, name, ...name.split(' ')];
  return Math.max(...texts.map((text) => likeness(pairsOf(searchForm(text)), query)));
};

/** For a search that found nobody: the people with the most similar names, or with a number that is easily misheard for it. */
export const findNearest = (instances: readonly Instance[], text: string, most = 3): readonly Nearest[] => {
  const { digits } = parseSearch(text);
  const query = pairsOf(searchForm(text.trim()));
  const rated = instances.map((instance) => ({
    instance,
    rate: digits === undefined ? likenessOf(instance, query) : Number(isMisheard(digits, instance.phone)),
  }));
  const near = rated.filter(({ rate }) => rate >= leastLikeness).toSorted((a, b) => b.rate - a.rate);
  const people = new Map(
    near.map(({ instance: { name, owner = '', phone } }) => [
      `${name} ${owner}${digits && phone}`,
      defined({ name, identity: parseOwner(owner)[0], phone }),
    ]),
  );
  return [...people.values()].slice(0, most);
};
