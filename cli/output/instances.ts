import { describeState, type Instance, type InstanceState } from '../../client/answers.ts';
import { describeUnreadable, type InstanceList } from '../../client/instance-list.ts';
import type { Result } from '../../client/result.ts';
import { findNearest, findNearestNames, type Nearest } from '../../functions/instances/nearest.ts';
import { describeFailure } from '../api/api.ts';
import type { Session } from '../session.ts';
import { printable } from './printable.ts';
import { formatTable } from './table.ts';

export const formatInstances = (instances: readonly Instance[]): Promise<string> =>
  formatTable(
    ['INSTANCE', 'OWNER', 'GROUP', ''],
    instances.map((each) => [each.idInstance, each.owner, each.group, each.protected ? 'protected' : '']),
  );

/** Says on the error stream what is not understood among the secrets. Returns whether there is anything. */
export const warnOfUnreadable = (session: Session, list: InstanceList): boolean => {
  const warning = describeUnreadable(list);
  if (warning !== undefined) session.note(`Warning: ${printable(warning)}`);
  return warning !== undefined;
};

export const describeReading = (reading: Result<InstanceState>): string =>
  reading.kind === 'ok' ? describeState(reading.value) : `not read: ${describeFailure(reading)}`;

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

/** What makes a logout of an instance another matter. */
export const describeRemarks = (instance: Instance, sharers: readonly string[], isIncluded = true): string =>
  [
    instance.protected && 'protected',
    sharers.length > 0 && `shared with ${sharers.join(', ')}`,
    !isIncluded && 'not included',
  ]
    .filter(Boolean)
    .join(', ');
