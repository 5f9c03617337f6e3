import * as v from 'valibot';
import type { Standing } from '../forced-logout/outcome.ts';
import { standingAfter } from '../forced-logout/progress.ts';
import type { RunName } from '../forced-logout/run-name.ts';
import { parseSummary } from '../forced-logout/summary.ts';
import type { UnknownRun } from './find-run.ts';
import type { LambdaFailure } from './lambda-failure.ts';
import type { ReadExecution, RunExecution } from './read-execution.ts';
import type { ReadHistory } from './read-history.ts';
import type { RunStatus } from './run-status.ts';

export type Run = Standing & {
  readonly kind: 'run';
  readonly status: RunStatus;
  readonly reason: string;
  readonly requestedBy: string;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  /** For people: what to know about the run as a whole. */
  readonly note: string | undefined;
};

/** Reads what a run was asked and what has become of it so far. */
export type ReadRun = (name: RunName) => Promise<Run | UnknownRun | LambdaFailure>;

export type ReadRunDependencies = { readonly readExecution: ReadExecution; readonly readHistory: ReadHistory };

const payloadSchema = v.pipe(v.string(), v.parseJson(), v.object({ reason: v.string(), requestedBy: v.string() }));

/** @throws ValiError for an execution that was not started as a run */
const aboutRun = ({ payload, status, startedAt, endedAt, error }: RunExecution) => ({
  kind: 'run' as const,
  status,
  ...v.parse(payloadSchema, payload),
  startedAt,
  endedAt,
  // Who stopped it; the message of any other error may quote anything.
  note: status === 'STOPPED' ? error?.message : undefined,
});

export const createReadRun =
  ({ readExecution, readHistory }: ReadRunDependencies): ReadRun =>
  async (name) => {
    const execution = await readExecution(name);
    if (execution.kind !== 'execution') return execution;

    const summary = parseSummary(execution.result ?? execution.error?.data);
    if (summary !== undefined) return { ...aboutRun(execution), note: undefined, ...summary };

    // It runs, or ended without a summary: then its steps tell how far it came.
    const history = await readHistory(execution.arn);
    return history.kind === 'history' ? { ...aboutRun(execution), ...standingAfter(history.steps) } : history;
  };
