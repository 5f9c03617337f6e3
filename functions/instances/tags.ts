import type { InstanceId } from './instance-id.ts';

/** One instance as the tags on its secret describe it. Its token is nowhere near. */
export type ListedInstance = {
  readonly idInstance: InstanceId;
  /** The tag as it stands: one or more identities of one person, separated by spaces. */
  readonly owner?: string;
  readonly group?: string;
  /** A break-glass instance: no run may touch it. */
  readonly protected: boolean;
};

export type Tag = { readonly Key?: string | undefined; readonly Value?: string | undefined };

const tagValue = (tags: readonly Tag[], key: string): string | undefined =>
  tags.find(({ Key }) => Key === key)?.Value || undefined;

/** Whoever writes `Protected` or `yes` means it too: only no tag, an empty one or `false` leaves an instance unprotected. */
const isProtected = (tags: readonly Tag[]): boolean =>
  tags.some(({ Key = '', Value = '' }) => Key.toLowerCase() === 'protected' && !/^\s*(?:false)?\s*$/i.test(Value));

/** Reads the tags that make the registry; all others are left alone. */
export const parseTags = (idInstance: InstanceId, tags: readonly Tag[]): ListedInstance => {
  const owner = tagValue(tags, 'owner');
  const group = tagValue(tags, 'group');
  return {
    idInstance,
    ...(owner !== undefined && { owner }),
    ...(group !== undefined && { group }),
    protected: isProtected(tags),
  };
};

/** Of ASCII only: to Unicode the Kelvin sign is a capital k, and `mi\u212Ae@…` is somebody else than `mike@…`. */
const lowerCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** E-mail addresses are compared without regard to case, ids exactly. */
const isSameIdentity = (a: string, b: string): boolean => a === b || (a.includes('@') && lowerCase(a) === lowerCase(b));

const identitiesIn = (text: string): readonly string[] => text.split(/\s+/).filter((identity) => identity !== '');

/** Whether one of the identities in `owner` is one of those in the tag: whole identities, never a part of one. */
export const isOwnedBy = (instance: ListedInstance, owner: string): boolean => {
  const tagged = identitiesIn(instance.owner ?? '');
  return identitiesIn(owner).some((identity) => tagged.some((other) => isSameIdentity(identity, other)));
};
