import * as v from 'valibot';
import type { RecordEvidence } from '../logout/evidence.ts';
import { invalidFieldsOf } from '../platform/unknown-values.ts';
import { conclude, concludeWithNobody, type RunEnd, RunFailure } from './conclude.ts';
import { createDrillTarget, createReportDrill } from './drill.ts';
import { countOperations, type Execution, type Operations } from './durable-operations.ts';
import { createFindTargets, foundNothing, listLagSeconds, type ResolveDependencies } from './find-targets.ts';
import { operationNames } from './operation-names.ts';
import { resultsOf } from './outcome.ts';
import { type BatchDependencies, createProcessBatch, type ReportTarget } from './process-batch.ts';
import { createProcessTarget, type ProcessTarget, type ProcessTargetDependencies } from './process-target.ts';
import { expiryOf, type RunIdentity, type RunLimits, type RunRequest, runRequestSchema } from './request.ts';
import { newestOutcomes, type Resolved, skippedAtOnce } from './results-from-steps.ts';
import { runRounds, type Stage } from './rounds.ts';
import { type RecordRunEnd, runEndedOf } from './run-ended.ts';
import { createReportLogout } from './run-evidence.ts';
import { createLogRunEnd } from './run-metrics.ts';
import { createLookAgain, notesOfSecondLook, secondLookAtMs, targetsOfSecondLook } from './second-look.ts';
import { createStartWatch, type StartWatchDependencies } from './start-watch.ts';
import { type Summary, summarize } from './summary.ts';
import { newTargetState } from './target-state.ts';

export type RunDependencies = ProcessTargetDependencies &
  ResolveDependencies &
  StartWatchDependencies &
  Pick<BatchDependencies, 'publishOutcomes'> &
  Pick<RunLimits, 'executionTimeoutMs'> & {
    /** Must not publish the outcome: a batch publishes its outcomes together. */
    readonly recordEvidence: RecordEvidence;
    readonly recordRunEnd: RecordRunEnd;
    /** The deployment, as a dimension of its metrics. */
    readonly stack: string;
  };

const parseRunRequest = (payload: unknown): RunRequest => {
  const parsed = v.safeParse(runRequestSchema, payload);
  if (parsed.success) return parsed.output;
  throw new RunFailure('InvalidRun', `The payload is not a run: see ${invalidFieldsOf(parsed.issues)}`);
};

const misspelt = ': compare its tag with the instances, or set mayFindNobody of the schedule if that is normal';

const foundNobody = ({ request }: RunIdentity, { unreadable }: Resolved, now: Date): RunEnd => {
  const { target, source, dryRun, mayFindNobody } = request;
  const isWorthAnotherLook = dryRun && 'owner' in target;
  const until = new Date(now.getTime() + listLagSeconds * 1_000).toISOString();
  const note = isWorthAnotherLook
    ? `no instance was found for the target now; a real run would look again until ${until}`
    : `no instance was found for the target${source === 'schedule' && !mayFindNobody ? misspelt : ''}`;
  return concludeWithNobody(note, unreadable);
};

/**
 * A run from its payload to its summary. Everything that could differ between two replays is in a step.
 *
 * @throws RunFailure, with the summary, unless every target is logged out and confirmed, or was skipped
 */
export const createExecuteRun = (dependencies: RunDependencies) => {
  const findTargets = createFindTargets(dependencies);
  const lookAgain = createLookAgain(dependencies);
  const startWatch = createStartWatch(dependencies);
  const { recordEvidence, recordRunEnd, now, log, stack } = dependencies;
  const processBy = (processTarget: ProcessTarget, report: ReportTarget) =>
    createProcessBatch({ ...dependencies, processTarget, report });
  const logOutBatch = processBy(createProcessTarget(dependencies), createReportLogout(recordEvidence, log));
  const drillBatch = processBy(createDrillTarget(dependencies), createReportDrill(log));
  const logEnd = createLogRunEnd(log, stack, now);

  const logOut = async (operations: Operations, run: RunIdentity, first: Resolved) => {
    const process = run.request.dryRun ? drillBatch : logOutBatch;
    const stage: Stage = { run, look: 'first', untilMs: secondLookAtMs(run, first) };
    const rounds = await runRounds(operations, process, stage, first.targets.map(newTargetState));
    const look = await lookAgain(operations, run, first, rounds);
    const second = look?.kind === 'resolved' ? look : undefined;
    const late = [...rounds.open, ...(second === undefined ? [] : targetsOfSecondLook(second))];
    const lateStage: Stage = { ...stage, look: 'second', untilMs: Number.POSITIVE_INFINITY };
    const { decided } = await runRounds(operations, process, lateStage, late);
    return {
      outcomes: newestOutcomes([
        ...skippedAtOnce(first),
        ...rounds.decided,
        ...(second === undefined ? [] : skippedAtOnce(second)),
        ...decided,
      ]),
      newest: second ?? first,
      lookFailure: look?.kind === 'failed' ? look.failure : undefined,
    };
  };

  const executeRun = async (operations: Operations, run: RunIdentity): Promise<RunEnd> => {
    const first = await findTargets(operations, run);
    if (first.kind === 'failed')
      return { ...first, summary: summarize(resultsOf([]), { note: first.failure.message }) };
    const { outcomes, newest, lookFailure } = await logOut(operations, run, first);
    if (outcomes.length === 0 && lookFailure === undefined && foundNothing(newest))
      return foundNobody(run, newest, now());
    const results = resultsOf(outcomes, newest.unlisted);
    const confirmed = outcomes.filter((outcome) => outcome.confirmed);
    const watch =
      run.request.watchDays === undefined || confirmed.length === 0
        ? undefined
        : await operations.step(operationNames.startWatch, () => startWatch(run, confirmed));
    const notes = notesOfSecondLook(run.request, newest);
    const { unreadable, linkedAgain } = newest;
    return conclude(results, run.request, { watch, unreadable, linkedAgain, lookFailure, notes });
  };

  return async (payload: unknown, { name: id, ...execution }: Execution): Promise<Summary> => {
    const request = parseRunRequest(payload);
    const operations = countOperations(execution);
    const startedAt = await operations.step(operationNames.start, async () => now().toISOString());
    const run: RunIdentity = { id, request, startedAt, expiresAt: expiryOf(request, startedAt, dependencies) };

    const end = await executeRun(operations, run);
    const { summary, outcomes = [], failure } = end;
    // Recorded and published once: a replay finds the step on record. A crash within the step may repeat it.
    await operations.step(operationNames.reportEnd, async () => {
      const endedAt = now().toISOString();
      await recordRunEnd(runEndedOf(run, { ...summary, outcomes, ...(failure && { failure }) }, endedAt));
      return { endedAt };
    });
    logEnd(run, end);
    if (failure === undefined) return summary;
    throw new RunFailure(failure.type, failure.message, summary);
  };
};
