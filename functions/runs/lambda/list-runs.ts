import type { Execution, ExecutionStatus } from '@aws-sdk/client-lambda';
import { defined } from '../../platform/defined.ts';
import { inParallel } from '../../platform/in-parallel.ts';
import { errorNameOf } from '../../platform/unknown-values.ts';
import { parseRunName, runSourceOf } from '../run-name.ts';
import type { DescribeRun, RunFacts } from './describe-run.ts';
import type { LambdaFailure } from './failure.ts';
import { type DurableFunction, listExecutions, listFailureOf } from './find-run.ts';

/** The statuses that Lambda documents for its filter; it has others. */
export const listedStatuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED', 'TIMED_OUT'] as const;

/** Each run that is not known yet is a call, of which Lambda allows 30 a second: a page must not take long. */
const pageSize = 30;

/** Runs that are described at a time; each waits for its turn. */
const parallelRuns = 4;

/** Time for that, in milliseconds; what is left then has fewer fields. */
const describingTimeMs = 10_000;

/** Lambda has no error of its own for a token that it did not issue. */
const invalidInputErrors = new Set(['InvalidParameterValueException', 'ValidationException']);

const parseListed = (execution: Execution) => {
  const { DurableExecutionName, Status: status, StartTimestamp: startedAt, EndTimestamp: endedAt } = execution;
  const id = parseRunName(DurableExecutionName);
  // An execution that was started by hand is none of the runs of this service.
  if (id === undefined || status === undefined || startedAt === undefined) return [];
  const run = defined({ id, source: runSourceOf(id), status, startedAt, endedAt });
  return [{ arn: execution.DurableExecutionArn ?? '', run }];
};

type ListedRun = ReturnType<typeof parseListed>[number]['run'] & Partial<RunFacts>;

/** `next`: Lambda's token for the next page; missing: this was the last. */
type RunPage = { readonly kind: 'page'; readonly runs: readonly ListedRun[]; readonly next?: string };

/** Lists runs, newest first. A new run may take some seconds to appear. A page may be short, or empty, and not the last. */
export type ListRuns = (query: {
  readonly status?: (typeof listedStatuses)[number] | undefined;
  readonly next?: string | undefined;
}) => Promise<RunPage | { readonly kind: 'invalid-next' } | LambdaFailure>;

export const createListRuns =
  ({ describeRun, ...durableFunction }: DurableFunction & { readonly describeRun: DescribeRun }): ListRuns =>
  async ({ status, next }) => {
    try {
      const { DurableExecutions = [], NextMarker } = await listExecutions(durableFunction, {
        Statuses: status && ([status] satisfies ExecutionStatus[]),
        Marker: next,
        MaxItems: pageSize,
      });
      const listed = DurableExecutions.flatMap(parseListed);
      const newestFirst = listed.toSorted((a, b) => b.run.startedAt.getTime() - a.run.startedAt.getTime());
      const end = performance.now() + describingTimeMs;
      return {
        kind: 'page',
        runs: await inParallel(parallelRuns, newestFirst, async ({ arn, run }) =>
          performance.now() < end ? { ...run, ...(await describeRun(arn, run.status)) } : run,
        ),
        ...(NextMarker !== undefined && { next: NextMarker }),
      };
    } catch (error) {
      if (next !== undefined && invalidInputErrors.has(errorNameOf(error))) return { kind: 'invalid-next' };
      return listFailureOf(error);
    }
  };
