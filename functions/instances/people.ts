import { familiarity, identitiesOf, knownAs, type OwnerIdentity, othersOf } from './owner-identities.ts';
import {
  fields,
  type MatchedBy,
  matchOf,
  type Prepared,
  parseSearch,
  prepare,
  type Query,
  type Searchable,
} from './search.ts';

/** Instances of one identity. There is no register of people: the tags say who owns what. */
export type Person<Item> = {
  /** The one identity that was searched or chosen; missing: an instance without an owner. */
  readonly identity?: string;
  /** The names on the tags of the instances, without repetition. */
  readonly names: readonly string[];
  /** Further identities on those tags that are this person's own. */
  readonly alsoKnownAs: readonly string[];
  /** By what the search found the person, the surest first. */
  readonly matchedBy: readonly MatchedBy[];
  /** Every instance whose tag holds the identity. Never those of a further identity: a shared mailbox would make a team one person. */
  readonly instances: readonly Owned<Item>[];
};

/** An instance as one of a person's, with the identities of other people on its tag: a logout logs it out for them too. */
export type Owned<Item> = Item & { readonly sharedWith: readonly string[] };

export type Instance = Searchable & { readonly idInstance: string };

const unique = (texts: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(texts.filter((text) => text !== undefined)),
];

/** `Map.groupBy`, which Node 20 lacks. */
export const groupBy = <Value>(
  values: Iterable<Value>,
  keyOf: (value: Value) => string,
): ReadonlyMap<string, Value[]> => {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
};

/** The names of the instances that are the person's alone, or else of all. */
const namesOf = (instances: readonly Owned<Instance>[]): readonly string[] => {
  const own = instances.filter(({ sharedWith, name }) => sharedWith.length === 0 && name !== undefined);
  return unique((own.length > 0 ? own : instances).map(({ name }) => name));
};

type Compared = { readonly identities: readonly OwnerIdentity[]; readonly prepared: Prepared };

/** Kept for as long as the instance: a list that grows page by page is searched after each of them. */
const compared = new WeakMap<Instance, Compared>();

/** What of an instance is compared, made once: a search is typed letter by letter. */
const comparedOf = (item: Instance): Compared => {
  const known = compared.get(item);
  if (known !== undefined) return known;
  const made = { identities: identitiesOf(item.owner), prepared: prepare(item) };
  compared.set(item, made);
  return made;
};

/** The identities of one instance that a query means: those it names, best by every word, or else those by which people know the owners. */
const meantBy = ({ words }: Query, identities: readonly OwnerIdentity[], matchedBy: readonly MatchedBy[]) => {
  const some = matchedBy.includes('owner')
    ? identities.filter(({ form }) => words.some((word) => form.includes(word)))
    : [];
  const every = some.filter(({ form }) => words.every((word) => form.includes(word)));
  return [every, some].find((named) => named.length > 0) ?? knownAs(identities);
};

type Found<Item> = { readonly own: OwnerIdentity; readonly person: Person<Item> };

/** The same instances under another identity of one person are shown once, under the identity that is known best. */
const withoutRepeated = <Item extends Instance>(found: readonly Found<Item>[]): readonly Person<Item>[] => {
  const byInstances = groupBy(found, ({ person }) => person.instances.map(({ idInstance }) => idInstance).join(' '));
  const isRepeated = ({ own, person }: Found<Item>, same: readonly Found<Item>[]) =>
    same.some((other) => familiarity(other.own) < familiarity(own) && person.alsoKnownAs.includes(other.own.text));
  return [...byInstances.values()].flatMap((same) =>
    same.filter((each) => !isRepeated(each, same)).map(({ person }) => person),
  );
};

/** The surest find first, and then by name. */
const sortKeyOf = ({ matchedBy: [best = 'id'], names, identity }: Person<Instance>): string =>
  `${fields.indexOf(best)} ${names[0] ?? identity ?? ''}`;

const collator = new Intl.Collator();

/** Does most of the work of {@link createPeople}, so that it can be done for a part of a list. */
export const prepareForSearch = (instances: readonly Instance[]): void => {
  for (const instance of instances) comparedOf(instance);
};

/** Finds people among instances that have been listed. Made once for a list: every search reads all of it. */
export const createPeople = <Item extends Instance>(instances: readonly Item[]) => {
  const entries = instances.map((item) => ({ item, ...comparedOf(item) }));
  const held = entries.flatMap((entry) => entry.identities.map(({ canonical }) => ({ canonical, entry })));
  const byIdentity = groupBy(held, ({ canonical }) => canonical);

  const personOf = (own: OwnerIdentity, matchedBy: readonly MatchedBy[]): Person<Item> => {
    const alsoKnownAs = new Map<string, string>();
    const owned = (byIdentity.get(own.canonical) ?? []).map(({ entry: { item, identities } }) => {
      const others = othersOf(own, identities);
      if (others.length === 0)
        for (const { canonical, text } of identities) if (canonical !== own.canonical) alsoKnownAs.set(canonical, text);
      return { ...item, sharedWith: others.map(({ text }) => text) };
    });
    return {
      identity: own.text,
      names: namesOf(owned),
      alsoKnownAs: [...alsoKnownAs.values()],
      matchedBy,
      instances: owned,
    };
  };

  const hitsOf = (query: Query) =>
    entries.flatMap(({ item, identities, prepared }) => {
      const matchedBy = matchOf(prepared, query);
      return matchedBy.length === 0 ? [] : [{ item, matchedBy, meant: meantBy(query, identities, matchedBy) }];
    });

  const peopleOf = (hits: ReturnType<typeof hitsOf>): readonly Person<Item>[] => {
    const mentions = hits.flatMap(({ meant, matchedBy }) => meant.map((own) => ({ own, matchedBy })));
    const found = [...groupBy(mentions, ({ own }) => own.canonical).values()].flatMap((same) => {
      const all = new Set(same.flatMap(({ matchedBy }) => matchedBy));
      const matchedBy = fields.filter((field) => all.has(field));
      return same.slice(0, 1).map(({ own }) => ({ own, person: personOf(own, matchedBy) }));
    });
    const ownerless = hits.filter(({ meant }) => meant.length === 0);
    return [
      ...withoutRepeated(found),
      ...ownerless.map(({ item, matchedBy }) => ({
        names: unique([item.name]),
        alsoKnownAs: [],
        matchedBy,
        instances: [{ ...item, sharedWith: [] }],
      })),
    ];
  };

  return {
    size: instances.length,

    /** The instances whose tag holds an identity. */
    find: (identity: string): Person<Item> => {
      const [own] = identitiesOf(identity);
      return own === undefined ? { names: [], alsoKnownAs: [], matchedBy: [], instances: [] } : personOf(own, []);
    },

    /** The people of the first instances, without a search. */
    first: (count: number, isWanted: (instance: Item) => boolean): readonly Person<Item>[] =>
      peopleOf(
        entries
          .filter(({ item }) => isWanted(item))
          .slice(0, count)
          .map(({ item, identities }) => ({ item, matchedBy: [], meant: knownAs(identities) })),
      ),

    /** The people whom a text finds, those found by their number first. At least three characters. */
    search: (text: string): readonly Person<Item>[] =>
      peopleOf(hitsOf(parseSearch(text)))
        .map((person) => ({ person, key: sortKeyOf(person) }))
        .toSorted((a, b) => collator.compare(a.key, b.key))
        .map(({ person }) => person),
  };
};

export type People<Item extends Instance> = ReturnType<typeof createPeople<Item>>;
