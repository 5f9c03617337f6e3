import * as v from 'valibot';
import type { Log } from '../../platform/log.ts';
import { parseJsonAs } from '../../platform/unknown-values.ts';
import type { Progress } from '../outcome.ts';
import { isEndStatus } from '../run-status.ts';
import { parseProgress } from '../summary.ts';
import type { RunStatus } from './find-run.ts';
import type { GetExecution, RunExecution } from './read-run.ts';

/** What tells runs apart in a list. */
export type RunFacts = {
  /** A list of ids as its number. */
  readonly target:
    | { readonly instances: number }
    | { readonly owner: string }
    | { readonly group: string }
    | { readonly all: true };
  readonly reason: string;
  readonly dryRun: boolean;
  readonly requestedBy: string;
  /** The earlier run that this one is a retry of. */
  readonly retryOf?: string | undefined;
  /** Of a run that ended by itself. One that was stopped or timed out has no summary. */
  readonly progress?: Progress;
};

/**
 * Reads what tells a run apart, once for each run that has ended. Lambda's list has neither requests nor results, and their history
 * is not read for a list. `undefined`: it cannot be read now.
 */
export type DescribeRun = (arn: string, status: RunStatus) => Promise<RunFacts | undefined>;

export type DescribeRunDependencies = {
  readonly getExecution: GetExecution;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Milliseconds since any fixed instant. */
  readonly nowMs: () => number;
  readonly log: Log;
};

/** Lambda allows 30 readings a second for the whole account; so many are left to single runs. In milliseconds. */
const gapMs = 50;

/** How many runs are remembered: about 1 KB each. */
const mostKnown = 2_000;

const targetSchema = v.union([
  v.pipe(
    v.object({ instances: v.array(v.string()) }),
    v.transform(({ instances }) => ({ instances: instances.length })),
  ),
  v.object({ owner: v.string() }),
  v.object({ group: v.string() }),
  v.object({ all: v.literal(true) }),
]);

const requestSchema = v.object({
  target: targetSchema,
  reason: v.string(),
  requestedBy: v.string(),
  dryRun: v.optional(v.boolean(), false),
  retryOf: v.optional(v.string()),
});

const factsOf = ({ payload, result, error }: RunExecution): RunFacts | undefined => {
  const request = parseJsonAs(requestSchema, payload);
  const progress = parseProgress(result ?? error?.data);
  return request && { ...request, ...(progress !== undefined && { progress }) };
};

export const createDescribeRun = ({ getExecution, sleep, nowMs, log }: DescribeRunDependencies): DescribeRun => {
  const known = new Map<string, { readonly facts: RunFacts | undefined; readonly hasEnded: boolean }>();
  let nextAtMs = 0;

  const waitForTurn = async (): Promise<void> => {
    const startedMs = nowMs();
    const atMs = Math.max(startedMs, nextAtMs);
    nextAtMs = atMs + gapMs;
    await sleep(atMs - startedMs);
  };

  const remember = (arn: string, entry: { readonly facts: RunFacts | undefined; readonly hasEnded: boolean }): void => {
    const [oldest] = known.keys();
    if (known.size >= mostKnown && oldest !== undefined) known.delete(oldest);
    known.set(arn, entry);
  };

  return async (arn, status) => {
    const before = known.get(arn);
    if (before !== undefined && (before.hasEnded || !isEndStatus(status))) return before.facts;
    await waitForTurn();
    const execution = await getExecution(arn);
    if (execution.kind !== 'execution') {
      log('WARN', 'run not described', { execution: arn, ...execution });
      return before?.facts;
    }
    const facts = factsOf(execution);
    remember(arn, { facts, hasEnded: isEndStatus(execution.status) });
    return facts;
  };
};
