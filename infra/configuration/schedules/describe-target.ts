/** What a schedule is aimed at, as the configuration writes it. */
export type ScheduleTarget =
  | { readonly instances: readonly string[] }
  | { readonly owner: string }
  | { readonly group: string }
  | { readonly all: true };

const shownIds = 5;

/** The target in a few words, however many instances it names. */
export const describeTarget = (target: ScheduleTarget): string => {
  if ('owner' in target) return `owner ${target.owner}`;
  if ('group' in target) return `group ${target.group}`;
  if ('all' in target) return 'all instances';

  const hidden = target.instances.length - shownIds;
  return `instances ${target.instances.slice(0, shownIds).join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`;
};
