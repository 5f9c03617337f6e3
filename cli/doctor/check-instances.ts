import type { InstanceState } from '../../client/answers.ts';
import { describeUnreadable, type InstanceList } from '../../client/instance-list.ts';
import type { Result } from '../../client/result.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { type Api, parallelCalls } from '../api/api.ts';
import { describeFailure, valueIn } from '../api/failure.ts';
import { describeReading } from '../output/describe-reading.ts';
import { checkOwners } from './check-owners.ts';
import { type Finding, failure, ok, warning } from './finding.ts';

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

/** Reads every instance's state: that needs its secret, its token and its host to be right. */
export const checkInstances = async (api: Api): Promise<readonly Finding[]> => {
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
  const readings = await inParallel(parallelCalls, instances, ({ idInstance }) => api.readState(idInstance));
  const failed = readings.flatMap((reading, index) =>
    reading.kind === 'ok' ? [] : [failure(`instance ${instances[index]?.idInstance}`, describeFailure(reading))],
  );
  const readable = readings.length - failed.length;
  return [
    ok('api', `${api.url.origin} answers`),
    ...(readable > 0
      ? [ok('instances', `${readable} of ${readings.length} can be read: ${countStates(readings)}`)]
      : []),
    ...failed,
    ...checkUnreadable(list),
    ...checkOwners(instances),
  ];
};
