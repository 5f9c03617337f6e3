import type { Execution } from '@aws-sdk/client-lambda';
import { type CountedLeaver, countedLeaverOf } from '../run-name.ts';
import type { LambdaFailure } from './failure.ts';
import { type DurableFunction, listExecutions, listFailureOf } from './find-run.ts';

export type CountedRun = CountedLeaver & { readonly name: string; readonly startedAtMs: number };

/**
 * Lists the runs of leavers who count, of all identity providers: those that started since an instant, or those that have not
 * ended. Lambda's list may lag behind by half a minute.
 */
export type ListCountedRuns = (
  which: { readonly startedSince: Date } | 'not-ended',
) => Promise<{ readonly kind: 'runs'; readonly runs: readonly CountedRun[] } | LambdaFailure>;

/** The most Lambda gives at once. */
const pageSize = 1_000;
/** No hour has more runs than this many pages hold, and no more runs wait, unless something is wrong. */
const mostPages = 10;

const parseCounted = ({ DurableExecutionName: name = '', StartTimestamp }: Execution): readonly CountedRun[] => {
  const leaver = countedLeaverOf(name);
  return leaver === undefined ? [] : [{ ...leaver, name, startedAtMs: StartTimestamp?.getTime() ?? 0 }];
};

export const createListCountedRuns =
  (durableFunction: DurableFunction): ListCountedRuns =>
  async (which) => {
    const runs: CountedRun[] = [];
    const since = which === 'not-ended' ? { Statuses: ['RUNNING' as const] } : { StartedAfter: which.startedSince };
    let Marker: string | undefined;
    try {
      for (let pages = 0; pages < mostPages; pages += 1) {
        const { DurableExecutions = [], NextMarker } = await listExecutions(durableFunction, {
          ...since,
          MaxItems: pageSize,
          Marker,
        });
        runs.push(...DurableExecutions.flatMap(parseCounted));
        if (NextMarker === undefined) return { kind: 'runs', runs };
        Marker = NextMarker;
      }
    } catch (error) {
      return listFailureOf(error);
    }
    return { kind: 'unavailable', detail: 'Lambda: the list of runs is too long to count them' };
  };
