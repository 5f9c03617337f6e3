import type { Instance } from '../../../client/answers.ts';
import { isInGroup, isOwnedBy } from '../../../functions/instances/identity.ts';
import type { RunRequest } from './run-draft.ts';

export type TargetCount = {
  /** Instances that the run would log out. */
  readonly count: number;
  /** Instances of the target that a run leaves alone. */
  readonly protected: number;
  /** Ids of the target that are not in the list. */
  readonly unknown: readonly string[];
};

const isIn = ({ idInstance, owner = '', group = '' }: Instance, target: RunRequest['target']): boolean => {
  if ('group' in target) return isInGroup({ group }, target.group);
  if ('owner' in target) return isOwnedBy({ owner }, target.owner);
  return 'all' in target || target.instances.includes(idInstance);
};

/** How many instances a run over this target would log out, as the list says now. */
export const countTargets = (
  instances: readonly Instance[],
  { target, except = [] }: Pick<RunRequest, 'target' | 'except'>,
): TargetCount => {
  const meant = instances.filter((one) => isIn(one, target) && !except.includes(one.idInstance));
  const ids = new Set(instances.map(({ idInstance }) => idInstance));
  return {
    count: meant.filter((one) => !one.protected).length,
    protected: meant.filter((one) => one.protected).length,
    unknown: 'instances' in target ? target.instances.filter((id) => !ids.has(id)) : [],
  };
};
