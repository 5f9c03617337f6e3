import { canonicalIdentity, parseOwner } from './identity.ts';
import {
  fields,
  type MatchedBy,
  matchingIdentities,
  matchOf,
  parseSearch,
  type Query,
  type Searchable,
} from './search.ts';

/** Instances of one identity. There is no register of people: the tags say who owns what. */
export type Person<Item> = {
  /** The one identity that was searched or chosen; missing: an instance without an owner. */
  readonly identity?: string;
  /** The names on the tags of the instances, without repetition. */
  readonly names: readonly string[];
  /** Further identities on those tags that are this person's own: see {@link othersOf}. */
  readonly alsoKnownAs: readonly string[];
  /** By what the search found the person, the surest first. */
  readonly matchedBy: readonly MatchedBy[];
  /** Every instance whose tag holds the identity. Never those of a further identity: a shared mailbox would make a team one person. */
  readonly instances: readonly Owned<Item>[];
};

/** An instance as one of a person's: see {@link sharedWith}. */
export type Owned<Item> = Item & { readonly sharedWith: readonly string[] };

/** An instance that has been listed. */
export type Instance = Searchable & { readonly idInstance: string };

/** The kinds of identities, the one that people know first. */
const kinds = ['address', 'other', 'okta', 'identity-center'] as const;

type Kind = (typeof kinds)[number];

const oktaId = /^00u[0-9A-Za-z]{17}$/;
const identityCenterId = /^(?:[0-9a-f]{10}-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const kindOf = (identity: string): Kind => {
  if (identity.includes('@')) return 'address';
  if (oktaId.test(identity)) return 'okta';
  return identityCenterId.test(identity) ? 'identity-center' : 'other';
};

/** The identities of a tag, each once. */
const identitiesOf = (owner = ''): readonly string[] => [
  ...new Map(parseOwner(owner).map((identity) => [canonicalIdentity(identity), identity])).values(),
];

const ofKind = (identities: readonly string[], kind: Kind): readonly string[] =>
  identities.filter((identity) => kindOf(identity) === kind);

/**
 * Which of the identities on a tag are other people's. A person has one identity of each kind: an address, an id of Okta, an id of
 * Identity Center. A second one of a kind is somebody else's, or cannot be told from it.
 */
const othersOf = (identity: string, identities: readonly string[]): readonly string[] => {
  const own = canonicalIdentity(identity);
  const sameKind = ofKind(identities, kindOf(identity)).filter((other) => canonicalIdentity(other) !== own);
  if (sameKind.length > 0) return sameKind;
  return kinds.flatMap((kind) => {
    const ofThis = ofKind(identities, kind);
    return ofThis.length > 1 ? ofThis : [];
  });
};

/** The identities by which people know the owners of an instance that was not found by an identity. */
const knownAs = (identities: readonly string[]): readonly string[] =>
  kinds.map((kind) => ofKind(identities, kind)).find((ofThis) => ofThis.length > 0) ?? [];

/**
 * Identities of other people on the tag of an instance: a logout logs it out for them too.
 *
 * @param owner one or more identities of the one person
 */
export const sharedWith = ({ owner }: Instance, person: string): readonly string[] => {
  const identities = identitiesOf(owner);
  const own = new Set(parseOwner(person).map(canonicalIdentity));
  const isOwn = (identity: string) => own.has(canonicalIdentity(identity));
  return unique(
    identities.filter(isOwn).flatMap((identity) => othersOf(identity, identities).filter((other) => !isOwn(other))),
  );
};

const unique = (texts: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(texts.filter((text) => text !== undefined)),
];

/** The names of the instances that are the person's alone, or else of all. */
const namesOf = (instances: readonly Owned<Instance>[]): readonly string[] => {
  const own = instances.filter(({ sharedWith }) => sharedWith.length === 0);
  return unique((own.some(({ name }) => name !== undefined) ? own : instances).map(({ name }) => name));
};

/** The surest first. */
const rankOf = ({ matchedBy: [best = 'id'] }: Person<unknown>): number => fields.indexOf(best);

const labelOf = ({ names, identity }: Person<Instance>): string => names[0] ?? identity ?? '';

/** The same instances under another identity of one person: it is shown once, under the identity that people know. */
const isRepeated = <Item extends Instance>(person: Person<Item>, people: readonly Person<Item>[]): boolean => {
  const idsOf = ({ instances }: Person<Item>) => instances.map(({ idInstance }) => idInstance).join(' ');
  const own = person.alsoKnownAs.map(canonicalIdentity);
  const rank = kinds.indexOf(kindOf(person.identity ?? ''));
  return people.some(
    (other) =>
      own.includes(canonicalIdentity(other.identity ?? '')) &&
      kinds.indexOf(kindOf(other.identity ?? '')) < rank &&
      idsOf(other) === idsOf(person),
  );
};

type Entry<Item> = { readonly item: Item; readonly identities: readonly string[] };

type Mention = { readonly identity: string; readonly matchedBy: readonly MatchedBy[] };

/** The identities of one instance that a query means: those it names, or else those by which people know the owners. */
const mentionsOf = ({ item, identities }: Entry<Instance>, query: Query): readonly Mention[] => {
  if (identities.length === 0) return [];
  const matchedBy = matchOf(item, query);
  if (matchedBy.length === 0) return [];
  const named = matchingIdentities(item.owner ?? '', query);
  return (named.length > 0 ? named : knownAs(identities)).map((identity) => ({ identity, matchedBy }));
};

/** Finds people among instances that have been listed. Made once for a list: every search reads all of it. */
export const createPeople = <Item extends Instance>(instances: readonly Item[]) => {
  const entries: readonly Entry<Item>[] = instances.map((item) => ({ item, identities: identitiesOf(item.owner) }));
  const byIdentity = new Map<string, Entry<Item>[]>();
  for (const entry of entries)
    for (const identity of entry.identities.map(canonicalIdentity)) {
      const group = byIdentity.get(identity);
      if (group === undefined) byIdentity.set(identity, [entry]);
      else group.push(entry);
    }

  const find = (identity: string, matchedBy: readonly MatchedBy[] = []): Person<Item> => {
    const held = byIdentity.get(canonicalIdentity(identity)) ?? [];
    const owned = held.map(({ item }) => ({ ...item, sharedWith: sharedWith(item, identity) }));
    const strangers = new Set([identity, ...owned.flatMap(({ sharedWith }) => sharedWith)].map(canonicalIdentity));
    const own = held.filter((_, index) => owned[index]?.sharedWith.length === 0);
    const alsoKnownAs = new Map(
      own
        .flatMap(({ identities }) => identities)
        .map((other) => [canonicalIdentity(other), other] as const)
        .filter(([spelling]) => !strangers.has(spelling)),
    );
    return { identity, names: namesOf(owned), alsoKnownAs: [...alsoKnownAs.values()], matchedBy, instances: owned };
  };

  /** Each identity that a query means, and by what it was found. */
  const identitiesFound = (query: Query) => {
    const found = new Map<string, Mention>();
    for (const { identity, matchedBy } of entries.flatMap((entry) => mentionsOf(entry, query))) {
      const key = canonicalIdentity(identity);
      const before = found.get(key);
      const all = fields.filter((field) => matchedBy.includes(field) || before?.matchedBy.includes(field));
      found.set(key, { identity: before?.identity ?? identity, matchedBy: all });
    }
    return [...found.values()];
  };

  /** Each instance without an owner that a query finds, as if it were a person. */
  const ownerlessFound = (query: Query): readonly Person<Item>[] =>
    entries
      .filter(({ identities }) => identities.length === 0)
      .map(({ item }) => ({
        names: unique([item.name]),
        alsoKnownAs: [],
        matchedBy: matchOf(item, query),
        instances: [{ ...item, sharedWith: [] }],
      }))
      .filter(({ matchedBy }) => matchedBy.length > 0);

  return {
    /** The instances whose tag holds an identity. */
    find: (identity: string) => find(identity),

    /** The people whom a text finds, those found by their number first. At least three characters. */
    search: (text: string): readonly Person<Item>[] => {
      const query = parseSearch(text);
      const people = identitiesFound(query).map(({ identity, matchedBy }) => find(identity, matchedBy));
      return [...people.filter((person) => !isRepeated(person, people)), ...ownerlessFound(query)].toSorted(
        (a, b) => rankOf(a) - rankOf(b) || labelOf(a).localeCompare(labelOf(b)),
      );
    },
  };
};
