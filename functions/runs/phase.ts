import type { RunHistory } from './lambda/read-history.ts';
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
  readonly note?: string;
};

type Doing = Pick<Phase, 'phase' | 'note'>;

const listing: Doing = {
  phase: 'finding-targets',
  note: 'Secrets Manager did not list the instances; the run tries again',
};

const lists: Readonly<Record<string, Doing>> = {
  [operationNames.resolve]: listing,
  [operationNames.resolveAgain]: listing,
  [operationNames.secondLook]: listing,
};

const waits: Readonly<Record<string, Doing>> = {
  ...lists,
  [operationNames.waitForAt]: { phase: 'waiting-for-start', note: 'the run waits for its start (`at`)' },
  [operationNames.waitForTags]: {
    phase: 'waiting-for-tags',
    note: 'no instance has this owner yet; a new tag may take five minutes to appear, so the run looks again',
  },
  [operationNames.waitForSecondLook]: {
    phase: 'waiting-for-tags',
    note: 'a new tag may take five minutes to appear in the list, so the run looks again for instances of this owner',
  },
};

const waitOf = (name: string, { pending }: Progress): Doing => {
  if (!isWaitAfterRound(name)) return waits[name] ?? { phase: 'processing' };
  const note = pending === 1 ? '1 instance is pending' : `${pending} instances are pending`;
  return { phase: 'waiting-for-next-round', note: `${note}; the run tries again` };
};

/** Tells from the open operations of a run what it is doing, or what it waits for and until when. */
export const phaseOf = ({ unfinished, waiting }: RunHistory, progress: Progress): Phase => {
  if (waiting !== undefined) return { ...waitOf(waiting.name, progress), nextActionAt: waiting.until };
  if (unfinished.some((name) => name in lists)) return { phase: 'finding-targets' };
  return { phase: progress.total === 0 ? 'starting' : 'processing' };
};
