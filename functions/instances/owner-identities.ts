import { canonicalIdentity, parseOwner } from './identity.ts';
import { searchForm } from './search.ts';

/** The kinds of identities, the one that people know first. */
const kinds = ['address', 'other', 'okta', 'identity-center'] as const;

type Kind = (typeof kinds)[number];

/** One of the identities in an `owner` tag, with the spellings by which it is compared and searched. */
export type OwnerIdentity = {
  readonly text: string;
  readonly canonical: string;
  readonly form: string;
  readonly kind: Kind;
};

const oktaId = /^00u[0-9A-Za-z]{17}$/;
const identityCenterId = /^(?:[0-9a-f]{10}-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const kindOf = (identity: string): Kind => {
  if (identity.includes('@')) return 'address';
  if (oktaId.test(identity)) return 'okta';
  return identityCenterId.test(identity) ? 'identity-center' : 'other';
};

/** The place of an identity's kind among those that people know. */
export const familiarity = ({ kind }: OwnerIdentity): number => kinds.indexOf(kind);

/** The identities of a tag, each once. */
export const identitiesOf = (owner = ''): readonly OwnerIdentity[] => {
  const identities = parseOwner(owner).map((text) => ({
    text,
    canonical: canonicalIdentity(text),
    form: searchForm(text),
    kind: kindOf(text),
  }));
  return [...new Map(identities.map((each) => [each.canonical, each])).values()];
};

const ofKind = (identities: readonly OwnerIdentity[], kind: Kind): readonly OwnerIdentity[] =>
  identities.filter((identity) => identity.kind === kind);

/**
 * Which of the identities on a tag are other people's. A person has one identity of each kind: an address, an id of Okta, an id of
 * Identity Center. A second one of a kind is somebody else's, or cannot be told from it.
 */
export const othersOf = (own: OwnerIdentity, identities: readonly OwnerIdentity[]): readonly OwnerIdentity[] => {
  const sameKind = ofKind(identities, own.kind).filter(({ canonical }) => canonical !== own.canonical);
  if (sameKind.length > 0) return sameKind;
  return kinds.flatMap((kind) => {
    const ofThis = ofKind(identities, kind);
    return ofThis.length > 1 ? ofThis : [];
  });
};

/** The identities by which people know the owners of an instance that was not found by an identity. */
export const knownAs = (identities: readonly OwnerIdentity[]): readonly OwnerIdentity[] =>
  kinds.map((kind) => ofKind(identities, kind)).find((ofThis) => ofThis.length > 0) ?? [];

/**
 * Identities of other people on the tag of an instance: a logout logs it out for them too.
 *
 * @param person one or more identities of one person
 */
export const sharedWith = ({ owner }: { readonly owner?: string | undefined }, person: string): readonly string[] => {
  const identities = identitiesOf(owner);
  const own = new Set(parseOwner(person).map(canonicalIdentity));
  const others = identities
    .filter(({ canonical }) => own.has(canonical))
    .flatMap((identity) => othersOf(identity, identities))
    .filter(({ canonical }) => !own.has(canonical));
  return [...new Set(others.map(({ text }) => text))];
};
