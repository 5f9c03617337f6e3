import { isOwnedBy, type ListedInstance } from '../instances/tags.ts';
import type { Target } from './request.ts';

/** Whether the tags of an instance are those that a run is aimed at; named ones, and all, are it whatever their tags. */
export const isAimedAt = (instance: ListedInstance, target: Target): boolean => {
  if ('owner' in target) return isOwnedBy(instance, target.owner);
  return 'group' in target ? instance.group === target.group : true;
};

/**
 * Why an instance that a run came to must not be logged out; `undefined`: it may be. It fails no run: an instance that has
 * passed to another owner meanwhile is none that anybody wanted out.
 */
export const whyLeftAlone = (instance: ListedInstance, target: Target): string | undefined => {
  if (instance.protected) return 'protected';
  return isAimedAt(instance, target) ? undefined : `its ${Object.keys(target)[0]} tag has changed`;
};
