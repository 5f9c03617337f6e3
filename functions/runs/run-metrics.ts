import * as v from 'valibot';
import type { Log } from '../platform/log.ts';
import { stackMetrics } from '../platform/metrics.ts';
import type { RunEnd, RunFailureType } from './conclude.ts';
import type { RunIdentity, RunRequest } from './request.ts';
import { parseSummary } from './summary.ts';

/** The metrics of ended runs in CloudWatch, used by the dashboard and the alarms too. Each is 1 for such a run, otherwise 0; some are numbers. */
export const runMetricNames = {
  /** No logout is confirmed, because every instance was protected, excepted, unknown or no longer in the target. */
  nobodyLoggedOut: 'nobodyLoggedOut',
  /** The target included no instance: normal for a person who has none, but also the sign of a misspelt tag. */
  noInstance: 'noInstance',
  /** A drill found instances that could not be logged out. */
  failedDrill: 'failedDrill',
  /** A run that is no drill failed, for whatever reason. Lambda's `DurableExecutionFailed` counts drills too. */
  runFailed: 'runFailed',
  /** Secrets that belong to the target and are not understood: whoever they are about may still be logged in. A drill counts none. */
  unreadableSecrets: 'unreadableSecrets',
  /** Protected instances of a leaver, beside others that were logged out. */
  leaverProtected: 'leaverProtected',
  /** The target of a schedule included no instance, although the schedule does not say that it may: the sign of a misspelt tag. */
  scheduleFoundNobody: 'scheduleFoundNobody',
} as const;

const figuresOf = (
  { summary, failure, unreadableSecrets = 0, leftProtected = 0 }: RunEnd,
  { source, mayFindNobody = false }: RunRequest,
  isDrill: boolean,
) => ({
  [runMetricNames.nobodyLoggedOut]: Number(failure?.type === 'NobodyLoggedOut' && !isDrill),
  [runMetricNames.noInstance]: Number(failure === undefined && summary.progress.total === 0),
  [runMetricNames.failedDrill]: Number(isDrill && failure !== undefined),
  [runMetricNames.runFailed]: Number(!isDrill && failure !== undefined),
  [runMetricNames.unreadableSecrets]: isDrill ? 0 : unreadableSecrets,
  [runMetricNames.leaverProtected]: source === 'offboarding' ? leftProtected : 0,
  // Of a drill too: one over nobody tests nothing.
  [runMetricNames.scheduleFoundNobody]: Number(
    source === 'schedule' && !mayFindNobody && failure === undefined && summary.progress.total === 0,
  ),
});

/** Writes one line about the end of a run, which is its metrics too. A crash right after it may repeat it. */
export const createLogRunEnd =
  (log: Log, stack: string, now: () => Date) =>
  ({ id, request }: RunIdentity, end: RunEnd): void => {
    const { failure, summary } = end;
    const { source, dryRun = false } = request;
    const facts = { run: id, source, dryRun, failure: failure?.type, progress: summary.progress, note: summary.note };
    const metrics = stackMetrics(figuresOf(end, request, dryRun), stack, now());
    log(failure === undefined ? 'INFO' : 'WARN', 'run ended', { ...facts, ...metrics });
  };

/** What the SDK answers to Lambda for an execution that has failed. */
const failedSchema = v.object({
  Status: v.literal('FAILED'),
  Error: v.object({ ErrorType: v.optional(v.string(), 'unknown error'), ErrorData: v.optional(v.string()) }),
});

/** A run that comes to its end leaves a summary, and a line that counts it. With an invalid payload it leaves only a summary. */
const isCounted = ({ ErrorType, ErrorData }: v.InferOutput<typeof failedSchema>['Error']): boolean =>
  ErrorType !== ('InvalidRun' satisfies RunFailureType) && parseSummary(ErrorData) !== undefined;

/**
 * Counts a run that failed before its end: by an invalid payload, an unexpected error, or a fault of the durable execution that
 * the run's own code never sees, such as a checkpoint that Lambda refuses. It is not known then whether the run was a drill.
 *
 * @param runOf the run that Lambda's event is for
 * @returns a wrapper around the function as Lambda invokes it, with the SDK inside
 */
export const createCountFaults =
  (log: Log, stack: string, now: () => Date, runOf: (event: unknown) => string | undefined) =>
  <Event, Context, Answer>(invoke: (event: Event, context: Context) => Promise<Answer>) =>
  async (event: Event, context: Context): Promise<Answer> => {
    const answer = await invoke(event, context);
    const failed = v.safeParse(failedSchema, answer);
    if (!failed.success || isCounted(failed.output.Error)) return answer;
    const metrics = stackMetrics({ [runMetricNames.runFailed]: 1 }, stack, now());
    log('ERROR', 'run failed unexpectedly', { run: runOf(event), failure: failed.output.Error.ErrorType, ...metrics });
    return answer;
  };
