import type { Instance, InstanceState } from '../../client/answers.ts';
import { countOf } from '../../client/count-of.ts';
import { describeUnreadable, type InstanceList } from '../../client/instance-list.ts';
import type { Result } from '../../client/result.ts';
import { canonicalIdentity, parseOwner } from '../../functions/instances/identity.ts';
import { groupBy } from '../../functions/instances/people.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { type Api, describeFailure, parallelCalls, valueIn } from '../api/api.ts';
import { describeReading } from '../output/instances.ts';
import { someOf } from '../output/printable.ts';
import { type Finding, failure, ok, warning } from './finding.ts';

const most = 10;

const withoutOwner = (instances: readonly Instance[]): readonly Finding[] => {
  const without = instances.filter(({ owner }) => owner === undefined).map(({ idInstance }) => idInstance);
  if (without.length === 0) return [];
  const ids = `${without.slice(0, most).join(' ')}${without.length > most ? ' …' : ''}`;
  const have = `${countOf(without.length, 'instance')} ${without.length === 1 ? 'has' : 'have'}`;
  return [warning('owners', `${have} no owner, so no offboarding finds them: ${ids}`)];
};

/** Instances that belong to the same person by one identity, and to different people by another. */
const differentOwners = (instances: readonly Instance[]): readonly Finding[] => {
  const owned = instances.flatMap(({ idInstance, owner = '' }) => {
    const identities = [...new Set(parseOwner(owner).map(canonicalIdentity))].sort();
    return identities.map((identity) => ({ identity, idInstance, all: identities.join(' ') }));
  });
  const different = [...groupBy(owned, ({ identity }) => identity)].filter(
    ([, group]) => new Set(group.map(({ all }) => all)).size > 1,
  );
  const byIds = new Map(
    different.map(([identity, group]) => [group.map(({ idInstance }) => idInstance).join(' '), identity]),
  );
  const findings = [...byIds].map(([ids, identity]) =>
    warning(
      'owners',
      `${ids} share the owner ${identity}, but not all identities, so a report by another identity logs out only some of them. Several phones of one person need the same owner tag. For a phone that several people share see docs/offboarding.md, "Shared phones".`,
    ),
  );
  const more = findings.length - most;
  if (more <= 0) return findings;
  const rest = warning('owners', `${more} more groups of instances share an owner, but not all identities.`);
  return [...findings.slice(0, most), rest];
};

const countStates = (readings: readonly Result<InstanceState>[]): string => {
  const byState = groupBy(
    readings.filter(({ kind }) => kind === 'ok'),
    describeReading,
  );
  return [...byState].map(([state, { length }]) => `${length} ${state}`).join(', ');
};

const checkUnreadable = (list: InstanceList): readonly Finding[] => {
  const problem = describeUnreadable(list);
  return problem === undefined ? [] : [failure('secrets', problem)];
};

/** Each cause once, with the instances that have it. */
const reportUnread = (
  readings: readonly Result<InstanceState>[],
  instances: readonly Instance[],
): readonly Finding[] => {
  const unread = readings.flatMap((reading, index) =>
    reading.kind === 'ok' ? [] : [{ cause: describeFailure(reading), id: instances[index]?.idInstance ?? '' }],
  );
  return [...groupBy(unread, ({ cause }) => cause)].map(([cause, group]) => {
    const ids = someOf(
      group.map(({ id }) => id),
      most,
      ' ',
    );
    return group.length === 1
      ? failure(`instance ${ids}`, cause)
      : failure('instances', `${group.length} cannot be read: ${ids}. ${cause}`);
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
    // Who would be missed when a leaver is reported.
    ...withoutOwner(instances),
    ...differentOwners(instances),
  ];
};
