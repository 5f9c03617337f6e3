import type { RunRequest, Target } from '../api/runs.ts';

/** What the form holds: every field as text or a tick. */
export type RunDraft = {
  readonly targetKind: 'group' | 'owner' | 'all' | 'given';
  readonly name: string;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly clearQueue: boolean;
  readonly rotateToken: boolean;
  readonly maxTargets: string;
  readonly watchDays: string;
};

const kindOf = (target: Target): RunDraft['targetKind'] => {
  if ('group' in target) return 'group';
  if ('owner' in target) return 'owner';
  return 'all' in target ? 'all' : 'given';
};

const nameOf = (target: Target): string => {
  if ('group' in target) return target.group;
  return 'owner' in target ? target.owner : '';
};

/** A form as it opens: empty and set to a dry run, or filled from an earlier request. */
export const draftOf = (initial: RunRequest | undefined): RunDraft => ({
  targetKind: initial ? kindOf(initial.target) : 'group',
  name: initial ? nameOf(initial.target) : '',
  reason: initial?.reason ?? '',
  dryRun: initial?.dryRun ?? true,
  clearQueue: initial?.clearQueue ?? false,
  rotateToken: initial?.rotateToken ?? false,
  maxTargets: String(initial?.maxTargets ?? 50),
  watchDays: String(initial?.watchDays ?? ''),
});

const targetOf = ({ targetKind, name }: RunDraft, initial: RunRequest | undefined): Target => {
  switch (targetKind) {
    case 'group':
      return { group: name.trim() };
    case 'owner':
      return { owner: name.trim() };
    case 'all':
      return { all: true };
    case 'given':
      return initial?.target ?? { instances: [] };
  }
};

/** The request that the form stands for. */
export const requestOf = (draft: RunDraft, initial: RunRequest | undefined): RunRequest => ({
  target: targetOf(draft, initial),
  reason: draft.reason.trim(),
  maxTargets: Number(draft.maxTargets),
  ...(draft.dryRun && { dryRun: true }),
  ...(draft.clearQueue && { clearQueue: true }),
  ...(draft.rotateToken && { rotateToken: true }),
  ...(draft.watchDays !== '' && { watchDays: Number(draft.watchDays) }),
  ...(initial?.except && { except: initial.except }),
});
