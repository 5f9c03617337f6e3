import * as v from 'valibot';
import { defined } from '../../platform/defined.ts';
import type { Log } from '../../platform/log.ts';
import { parseJsonAs } from '../../platform/unknown-values.ts';
import { runRequestSchema } from '../request.ts';
import { isEndStatus } from '../run-status.ts';
import { parseProgress } from '../summary.ts';
import type { RunStatus } from './find-run.ts';
import type { GetExecution, RunExecution } from './read-run.ts';

/**
 * Reads what tells a run apart, once for each run that has ended. Lambda's list has neither requests nor results, and their history
 * is not read for a list. `undefined`: it cannot be read now.
 */
export type DescribeRun = (arn: string, status: RunStatus) => Promise<RunFacts | undefined>;

type DescribeRunDependencies = {
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

const requestSchema = v.object(
  v.pick(runRequestSchema, ['target', 'reason', 'requestedBy', 'dryRun', 'retryOf']).entries,
);

/** What tells runs apart in a list. A run has `progress` only if it ended by itself. A list of ids is shown as its number. */
const factsOf = ({ payload, result, error }: RunExecution) => {
  const request = parseJsonAs(requestSchema, payload);
  if (request === undefined) return undefined;
  const { target, reason, requestedBy, dryRun = false, retryOf } = request;
  const shown = 'instances' in target ? { instances: target.instances.length } : target;
  const progress = parseProgress(result ?? error?.data);
  return defined({ target: shown, reason, requestedBy, dryRun, retryOf, progress });
};

export type RunFacts = NonNullable<ReturnType<typeof factsOf>>;

type Known = { readonly facts: RunFacts | undefined; readonly hasEnded: boolean };

export const createDescribeRun = ({ getExecution, sleep, nowMs, log }: DescribeRunDependencies): DescribeRun => {
  const known = new Map<string, Known>();
  let nextAtMs = 0;

  const waitForTurn = async (): Promise<void> => {
    const startedMs = nowMs();
    const atMs = Math.max(startedMs, nextAtMs);
    nextAtMs = atMs + gapMs;
    await sleep(atMs - startedMs);
  };

  const remember = (arn: string, entry: Known): void => {
    const [oldest = arn] = known.keys();
    if (known.size >= mostKnown) known.delete(oldest);
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
