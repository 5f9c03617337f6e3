import type { ListedInstance } from '../instances/directory.ts';
import { isInGroup, isOwnedBy } from '../instances/identity.ts';
import type { Outcome } from './outcome.ts';
import type { Target } from './request.ts';

/** Whether a target includes an instance, or a secret that is not understood, by its tags; one that names instances, or all, includes them whatever their tags. */
export const includes = (target: Target, instance: Pick<ListedInstance, 'owner' | 'group'>): boolean => {
  if ('owner' in target) return isOwnedBy(instance, target.owner);
  return 'group' in target ? isInGroup(instance, target.group) : true;
};

/**
 * Why a run must not log an instance out; `undefined`: it may. An instance whose tag has changed fails no run: it belongs to
 * somebody else now, whom nobody wanted to log out.
 */
export const skipOf = (
  instance: ListedInstance,
  target: Target,
): Required<Pick<Outcome, 'skipReason' | 'detail'>> | undefined => {
  if (instance.protected) return { skipReason: 'protected', detail: 'protected' };
  if (includes(target, instance)) return undefined;
  return { skipReason: 'tag-changed', detail: `its ${Object.keys(target)[0]} tag has changed` };
};
