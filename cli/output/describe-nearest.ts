import type { Instance } from '../../client/answers.ts';
import { findNearest, findNearestNames, type Nearest } from '../../functions/instances/nearest.ts';

/** `John Doe, john.doe@example.com, …234567`. */
export const describeNearest = ({ name, identity, phone }: Nearest): string =>
  [name, identity, phone && `…${phone}`].filter(Boolean).join(', ');

/** Who or what an owner or a group that no instance has may be meant for, one per line; may be empty. */
export const nearestOf = (
  instances: readonly Instance[],
  target: { readonly owner: string } | { readonly group: string },
): readonly string[] => {
  if ('group' in target)
    return findNearestNames(
      instances.flatMap(({ group }) => group ?? []),
      target.group,
    );
  // Of an address, the people are compared by what stands before the @.
  const people = findNearest(instances, target.owner.split('@')[0] ?? '');
  return [...new Set(people.map(({ phone: _, ...person }) => describeNearest(person)))];
};
