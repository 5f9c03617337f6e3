import { type LambdaClient, ListDurableExecutionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { providerOfRun } from '../run-name.ts';
import { type LambdaFailure, lambdaFailureOf } from './failure.ts';

export type StartedRun = { readonly name: string; readonly startedAtMs: number };

/** Lists the runs that were started for an identity provider since an instant. Lambda's list may lag behind by half a minute. */
export type ListStartedRuns = (
  provider: string,
  since: Date,
) => Promise<{ readonly kind: 'runs'; readonly runs: readonly StartedRun[] } | LambdaFailure>;

export type ListStartedRunsDependencies = {
  readonly client: Pick<LambdaClient, 'send'>;
  /** Name or ARN of the function that carries runs out. */
  readonly functionName: string;
};

/** The most Lambda gives at once. */
const pageSize = 1_000;
/** An hour has no more runs than this many pages hold, unless something is wrong. */
const mostPages = 10;

export const createListStartedRuns = ({ client, functionName }: ListStartedRunsDependencies): ListStartedRuns => {
  const readPage = (since: Date, marker: string | undefined) =>
    client.send(
      new ListDurableExecutionsByFunctionCommand({
        FunctionName: functionName,
        StartedAfter: since,
        MaxItems: pageSize,
        Marker: marker,
      }),
    );

  return async (provider, since) => {
    const runs: StartedRun[] = [];
    let marker: string | undefined;
    try {
      for (let pages = 0; pages < mostPages; pages += 1) {
        const { DurableExecutions = [], NextMarker } = await readPage(since, marker);
        for (const { DurableExecutionName: name = '', StartTimestamp } of DurableExecutions)
          if (providerOfRun(name) === provider)
            runs.push({ name, startedAtMs: StartTimestamp?.getTime() ?? since.getTime() });
        if (NextMarker === undefined) return { kind: 'runs', runs };
        marker = NextMarker;
      }
    } catch (error) {
      return lambdaFailureOf(error, 'lambda:ListDurableExecutionsByFunction');
    }
    return { kind: 'unavailable', detail: 'Lambda: the list of the runs of the last hour is too long' };
  };
};
