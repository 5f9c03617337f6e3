import type { Instance, InstanceState } from '../../client/answers.ts';
import { countOf } from '../../client/count-of.ts';
import { describeUnreadable, type InstanceList } from '../../client/instance-list.ts';
import type { Result } from '../../client/result.ts';
import { canonicalIdentity, parseOwner } from '../../functions/instances/identity.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { type Api, parallelCalls } from '../api/api.ts';
import { describeFailure, valueIn } from '../api/failure.ts';
import { describeReading } from '../output/instances.ts';
import { type Finding, failure, ok, warning } from './finding.ts';

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
const checkOwners = (instances: readonly Instance[]): readonly Finding[] => [
  ...withoutOwner(instances),
  ...differentOwners(instances),
];

const countStates = (readings: readonly Result<InstanceState>[]): string => {
  const counts = new Map<string, number>();
  for (const reading of readings)
    if (reading.kind === 'ok') {
      const state = describeReading(reading);
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
};

const checkUnreadable = (list: InstanceList): readonly Finding[] => {
  const problem = describeUnreadable(list);
  return problem === undefined ? [] : [failure('secrets', problem)];
};

const mostNamed = 10;

/** Each cause once, with the instances that have it. */
const reportUnread = (
  readings: readonly Result<InstanceState>[],
  instances: readonly Instance[],
): readonly Finding[] => {
  const idsByCause = new Map<string, string[]>();
  for (const [index, reading] of readings.entries())
    if (reading.kind !== 'ok') {
      const cause = describeFailure(reading);
      idsByCause.set(cause, [...(idsByCause.get(cause) ?? []), instances[index]?.idInstance ?? '']);
    }
  return [...idsByCause].map(([cause, ids]) => {
    const more = ids.length - mostNamed;
    const named = `${ids.slice(0, mostNamed).join(' ')}${more > 0 ? ` and ${more} more` : ''}`;
    return ids.length === 1
      ? failure(`instance ${named}`, cause)
      : failure('instances', `${ids.length} cannot be read: ${named}. ${cause}`);
  });
};

/**
 * Reads every instance's state: that needs its secret, its token and its host to be right.
 *
 * @param onRead called after each reading with the number of those that are done, and of all
 */
export const checkInstances = async (
  api: Api,
  onRead: (done: number, total: number) => void,
): Promise<readonly Finding[]> => {
  const list = valueIn(await api.listInstances());
  const { instances } = list;
  if (instances.length === 0)
    return [
      ok('api', `${api.url.origin} answers`),
      ...checkUnreadable(list),
      warning(
        'instances',
        'There are none. Create secrets with the enroll command; new ones take up to five minutes to show.',
      ),
    ];
  let done = 0;
  const readings = await inParallel(parallelCalls, instances, async ({ idInstance }) => {
    const reading = await api.readState(idInstance);
    done += 1;
    onRead(done, instances.length);
    return reading;
  });
  const readable = readings.filter(({ kind }) => kind === 'ok').length;
  return [
    ok('api', `${api.url.origin} answers`),
    ...(readable > 0
      ? [ok('instances', `${readable} of ${readings.length} can be read: ${countStates(readings)}`)]
      : []),
    ...reportUnread(readings, instances),
    ...checkUnreadable(list),
    ...checkOwners(instances),
  ];
};
