import type { RunRequest } from './run-draft.ts';

/** A target in words. */
export const describeTarget = (target: RunRequest['target']): string => {
  if ('group' in target) return `group ${target.group}`;
  if ('owner' in target) return `owner ${target.owner}`;
  if ('all' in target) return 'all instances';
  return target.instances.length === 1 ? `instance ${target.instances[0]}` : `${target.instances.length} instances`;
};
