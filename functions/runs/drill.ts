import type { Counted } from '../green-api/client.ts';
import type { StateAnswer } from '../green-api/responses.ts';
import { stateClassOf } from '../green-api/vocabulary.ts';
import type { NotCalled } from '../instances/call-with-credential.ts';
import { failureKinds } from '../logout/outcome.ts';
import type { Log } from '../platform/log.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { logSkipped } from './outcome.ts';
import type { ReportTarget } from './process-batch.ts';
import type { ProcessTarget, ProcessTargetDependencies } from './process-target.ts';
import { failed, isPending, retryOrFail, type TargetFailure, type TargetState, withReading } from './target-state.ts';
import { applyTags } from './transitions.ts';

/** Readings of an instance whose failures may be transient, in as many rounds. Every other instance is read once. */
const mostReadings = 3;

/** What a failed reading tells about a logout that would be sent now. A real logout would be tried again after a transient failure. */
const applyFailure = (target: TargetState, failure: TargetFailure, at: string): TargetState => {
  const next = withReading(target, { at, failure: failure.detail });
  const { kind, detail, duration = failureKinds[kind] } = failure;
  // A drill takes seconds: what may last an hour is found now.
  const isWorthRetrying = duration === 'passing' && next.retry.readings.length < mostReadings;
  return isWorthRetrying ? retryOrFail(next, failure, at) : failed(next, kind, detail);
};

const applyReading = (target: TargetState, answer: Counted<StateAnswer | NotCalled>, at: string): TargetState => {
  if (answer.kind === 'not-authorized')
    return applyFailure(target, { kind: 'instance-starting', detail: answer.detail }, at);
  if (answer.kind !== 'state') return applyFailure(target, answer, at);
  const { detail: _, ...read } = target;
  const { stateInstance } = answer;
  const stateClass = stateClassOf(stateInstance);
  if (stateClass === 'unknown')
    return applyFailure(target, { kind: 'unavailable', detail: `the state ${stateInstance} is not known` }, at);
  if (stateClass === 'out') return { ...read, kind: 'already-logged-out' };
  return { ...read, kind: 'ready', ...(stateClass !== 'linked' && { detail: `the state is ${stateInstance}` }) };
};

/**
 * The drill's part for one instance: reads its tags, its credential and its state, and changes nothing. One reading confirms no
 * logout, so none is called confirmed.
 */
export const createDrillTarget = (dependencies: ProcessTargetDependencies): ProcessTarget => {
  const { callWithCredential, greenApi, readTags, now } = dependencies;
  const isoNow = () => now().toISOString();

  const drill: ProcessTarget = async (target, { request, deadline }) => {
    const tags = await readTags(target.idInstance);
    const informed = applyTags(target, tags, request.target, isoNow());
    if (!isPending(informed)) return informed;
    if (tags.kind !== 'tags') return applyFailure(target, tags, isoNow());
    const answer = await callWithCredential(target.idInstance, greenApi.readState, deadline);
    return applyReading(informed, answer, isoNow());
  };

  return (target, round) =>
    drill(target, round).catch((error) => failed(target, 'unavailable', `unexpected error: ${errorNameOf(error)}`));
};

/** Logs each instance that could not be logged out. A drill leaves no evidence: nothing was logged out, and nothing failed to be. */
export const createReportDrill =
  (log: Log): ReportTarget =>
  async (run, target) => {
    const { idInstance, kind, detail, retry } = target;
    if (kind === 'skipped') logSkipped(log, run.id, { ...target, ...retry });
    else if (kind !== 'ready' && kind !== 'already-logged-out' && kind !== 'pending')
      log('WARN', 'drill: instance not ready', { run: run.id, idInstance, kind, detail, tags: retry.tags });
    return undefined;
  };
