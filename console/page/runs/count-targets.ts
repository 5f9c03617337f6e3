import type { Instance } from '../../../client/answers.ts';
import { includes } from '../../../functions/instances/identity.ts';
import { idsOf } from '../instances/logouts.ts';
import type { RunRequest } from './run-draft.ts';

/** How many instances a run over this target would log out, as the list says now. */
export const countTargets = (
  instances: readonly Instance[],
  { target, except = [] }: Pick<RunRequest, 'target' | 'except'>,
) => {
  const ids = new Set(idsOf(instances));
  const named = 'instances' in target ? target.instances : undefined;
  const meant = instances.filter(
    (one) => includes(target, one) && named?.includes(one.idInstance) !== false && !except.includes(one.idInstance),
  );
  return {
    count: meant.filter((one) => !one.protected).length,
    /** Instances of the target that a run leaves alone. */
    protected: meant.filter((one) => one.protected).length,
    /** Ids of the target that are not in the list. */
    unknown: named?.filter((id) => !ids.has(id)) ?? [],
  };
};
