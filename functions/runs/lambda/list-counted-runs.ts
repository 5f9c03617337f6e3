import { type LambdaClient, ListDurableExecutionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { type CountedLeaver, countedLeaverOf } from '../run-name.ts';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';

/** A run of a leaver who counts for an identity provider. */
export type CountedRun = CountedLeaver & { readonly name: string; readonly startedAtMs: number };

/**
 * Lists the runs of leavers who count, of all identity providers: those that started since an instant, or those that have not
 * ended. Lambda's list may lag behind by half a minute.
 */
export type ListCountedRuns = (
  which: { readonly startedSince: Date } | 'not-ended',
) => Promise<{ readonly kind: 'runs'; readonly runs: readonly CountedRun[] } | LambdaFailure>;

export type ListCountedRunsDependencies = {
  readonly client: Pick<LambdaClient, 'send'>;
  /** Name or ARN of the function that carries runs out. */
  readonly functionName: string;
};

/** The most Lambda gives at once. */
const pageSize = 1_000;
/** No hour has more runs than this many pages hold, and no more runs wait, unless something is wrong. */
const mostPages = 10;

export const createListCountedRuns = ({ client, functionName }: ListCountedRunsDependencies): ListCountedRuns => {
  const readPage = (which: Parameters<ListCountedRuns>[0], marker: string | undefined) =>
    client.send(
      new ListDurableExecutionsByFunctionCommand({
        FunctionName: functionName,
        ...(which === 'not-ended' ? { Statuses: ['RUNNING'] } : { StartedAfter: which.startedSince }),
        MaxItems: pageSize,
        Marker: marker,
      }),
    );

  return async (which) => {
    const runs: CountedRun[] = [];
    let marker: string | undefined;
    try {
      for (let pages = 0; pages < mostPages; pages += 1) {
        const { DurableExecutions = [], NextMarker } = await readPage(which, marker);
        for (const { DurableExecutionName: name = '', StartTimestamp } of DurableExecutions) {
          const leaver = countedLeaverOf(name);
          if (leaver !== undefined) runs.push({ ...leaver, name, startedAtMs: StartTimestamp?.getTime() ?? 0 });
        }
        if (NextMarker === undefined) return { kind: 'runs', runs };
        marker = NextMarker;
      }
    } catch (error) {
      return lambdaFailureOf(error, 'lambda:ListDurableExecutionsByFunction');
    }
    return { kind: 'unavailable', detail: 'Lambda: the list of runs is too long to count them' };
  };
};
