import type { Instance } from '../../client/answers.ts';
import { countOf } from '../../client/count-of.ts';
import { canonicalIdentity, parseOwner } from '../../functions/instances/identity.ts';
import { type Finding, warning } from './finding.ts';

const most = 10;

const withoutOwner = (instances: readonly Instance[]): readonly Finding[] => {
  const without = instances.filter(({ owner }) => owner === undefined).map(({ idInstance }) => idInstance);
  if (without.length === 0) return [];
  const ids = `${without.slice(0, most).join(' ')}${without.length > most ? ' …' : ''}`;
  const have = `${countOf(without.length, 'instance')} ${without.length === 1 ? 'has' : 'have'}`;
  return [warning('owners', `${have} no owner, so no offboarding finds them: ${ids}`)];
};

/** By identity, the ids of the instances with it, and the different sets of identities that they are tagged with. */
const groupByIdentity = (instances: readonly Instance[]) => {
  const groups = new Map<string, { readonly ids: string[]; readonly owners: Set<string> }>();
  for (const { idInstance, owner = '' } of instances) {
    const identities = [...new Set(parseOwner(owner).map(canonicalIdentity))].sort();
    for (const identity of identities) {
      const group = groups.get(identity) ?? { ids: [], owners: new Set() };
      group.ids.push(idInstance);
      group.owners.add(identities.join(' '));
      groups.set(identity, group);
    }
  }
  return groups;
};

/** Instances that belong to the same person by one identity, and to different people by another. */
const differentOwners = (instances: readonly Instance[]): readonly Finding[] => {
  const different = [...groupByIdentity(instances)].filter(([, { owners }]) => owners.size > 1);
  const byIds = new Map(different.map(([identity, { ids }]) => [ids.join(' '), identity]));
  const findings = [...byIds].map(([ids, identity]) =>
    warning(
      'owners',
      `${ids} share the owner ${identity}, but not all identities, so a report by another identity logs out only some of them. Several phones of one person need the same owner tag. For a phone that several people share see docs/offboarding.md, "Shared phones".`,
    ),
  );
  const more = findings.length - most;
  return more > 0
    ? [
        ...findings.slice(0, most),
        warning('owners', `${more} more groups of instances share an owner, but not all identities.`),
      ]
    : findings;
};

/** Checks the `owner` tags: who would be missed when a leaver is reported. */
export const checkOwners = (instances: readonly Instance[]): readonly Finding[] => [
  ...withoutOwner(instances),
  ...differentOwners(instances),
];
