import type { ListedInstance } from '../instances/directory.ts';
import { includes } from '../instances/identity.ts';
import type { Outcome } from './outcome.ts';
import type { Target } from './request.ts';

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
