import { hasEnded, type ListedRun, type Run } from './answers.ts';
import { countOf } from './count-of.ts';

/** Enough of an id to tell runs apart on a screen. */
export const shortRunId = (id: string): string => id.slice(-8);

/** The target of a listed run in words. */
export const describeListedTarget = (target: NonNullable<ListedRun['target']>): string => {
  if ('group' in target) return `group ${target.group}`;
  if ('owner' in target) return `owner ${target.owner}`;
  if ('all' in target) return 'all instances';
  return countOf(target.instances, 'instance');
};

/** What says how a run ended. */
export type Ending = Pick<ListedRun, 'status' | 'progress' | 'dryRun'>;

/** A run that succeeded because there was nobody to log out. The target may be misspelt, so it is no plain success. */
export const metNobody = ({ status, progress }: Ending): boolean => status === 'SUCCEEDED' && progress?.total === 0;

/** The status as AWS names it, and what it must not be mistaken for. */
export const describeStatus = (run: Ending): string => {
  const remarks = [...(run.dryRun ? ['drill'] : []), ...(metNobody(run) ? ['found nobody'] : [])];
  return remarks.length === 0 ? run.status : `${run.status} (${remarks.join(', ')})`;
};

/** What a run that has not ended is doing, by its phase. A test holds that each phase has words. */
const phaseWords: Readonly<Record<string, string>> = {
  starting: 'is starting',
  'waiting-for-start': 'waits for its start',
  'finding-targets': 'looks for its instances',
  'waiting-for-tags': 'waits for tags that may be late',
  processing: 'works on its instances',
  'waiting-for-next-round': 'waits before it tries again',
};

/** The phase of a run in words; one that this client does not know as it is. */
export const describePhase = (phase: string): string => phaseWords[phase] ?? phase;

/** How many instances have come how far: `17 of 20 confirmed, 2 failed, 1 skipped`. A drill counts who could be logged out. */
const describeCounts = ({ total, loggedOut, ready, ...rest }: Run['progress'], dryRun = false): string => {
  const done = dryRun
    ? `${ready} of ${total} ready${loggedOut > 0 ? `, ${loggedOut} already logged out` : ''}`
    : `${loggedOut} of ${total} confirmed`;
  const others = (['failed', 'pending', 'skipped'] as const).filter((part) => rest[part] > 0);
  return [done, ...others.map((part) => `${rest[part]} ${part}`)].join(', ');
};

/** How far a run has come. */
export const describeProgress = ({ progress, request }: Pick<Run, 'progress' | 'request'>): string =>
  describeCounts(progress, request?.dryRun);

/** What came of a listed run; empty while it goes on, and if its counts are not known. */
export const describeResult = (run: ListedRun): string => {
  if (run.progress === undefined || !hasEnded(run)) return '';
  return metNobody(run) ? 'no instance was found' : describeCounts(run.progress, run.dryRun);
};

type Requested = { readonly requestedBy: string; readonly source?: string | undefined };

const nameInArn = /^arn:[^:]+:(?:sts|iam)::\d+:(?:assumed-role|role|user)\/(?:[^ ]*\/)?([^ /]+)/;

/** Who started a run. Of an AWS role or user, whose ARN is long, only the name. An event's source may look like an ARN, and is none. */
export const describeRequester = ({ requestedBy, source }: Requested): string =>
  (source === 'offboarding' ? undefined : nameInArn.exec(requestedBy)?.[1]) ?? requestedBy;
