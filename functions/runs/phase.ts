import { isWaitAfterRound, operationNames } from './operation-names.ts';
import type { Progress } from './outcome.ts';

/** What a run that has not ended is doing. */
export const phases = [
  'starting',
  'waiting-for-start',
  'finding-targets',
  'waiting-for-tags',
  'processing',
  'waiting-for-next-round',
] as const;

export type Phase = {
  readonly phase: (typeof phases)[number];
  /** The end of the wait that the run is in. */
  readonly nextActionAt?: Date;
  /** For people: what the run waits for. */
  readonly note?: string;
};

export type Activity = {
  readonly unfinished: readonly string[];
  readonly waiting?: { readonly name: string; readonly until: Date };
};

const lists: readonly string[] = [operationNames.resolve, operationNames.resolveAgain, operationNames.secondLook];

const isResolve = (name: string): boolean => lists.includes(name);

const waitOf = (name: string, { pending }: Progress): Pick<Phase, 'phase' | 'note'> => {
  if (name === operationNames.waitForAt)
    return { phase: 'waiting-for-start', note: 'the run waits for its start (`at`)' };
  if (name === operationNames.waitForTags)
    return {
      phase: 'waiting-for-tags',
      note: 'no instance has this owner yet; a new tag may take five minutes to appear, so the run looks again',
    };
  if (name === operationNames.waitForSecondLook)
    return {
      phase: 'waiting-for-tags',
      note: 'a new tag may take five minutes to appear in the list, so the run looks again for instances of this owner',
    };
  if (isResolve(name))
    return { phase: 'finding-targets', note: 'Secrets Manager did not list the instances; the run tries again' };
  if (isWaitAfterRound(name)) {
    const note = pending === 1 ? '1 instance is pending' : `${pending} instances are pending`;
    return { phase: 'waiting-for-next-round', note: `${note}; the run tries again` };
  }
  return { phase: 'processing' };
};

/** Tells from the open operations of a run what it is doing, or what it waits for and until when. */
export const phaseOf = ({ unfinished, waiting }: Activity, progress: Progress): Phase => {
  if (waiting !== undefined) return { ...waitOf(waiting.name, progress), nextActionAt: waiting.until };
  if (unfinished.some(isResolve)) return { phase: 'finding-targets' };
  return { phase: progress.total === 0 ? 'starting' : 'processing' };
};
