import type { Counted } from '../green-api/client.ts';
import type { StateAnswer } from '../green-api/responses.ts';
import type { NotCalled } from '../logout/call-with-credential.ts';
import type { Log } from '../platform/log.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { logSkipped } from './outcome.ts';
import type { ReportTarget } from './process-batch.ts';
import type { ProcessTarget, ProcessTargetDependencies } from './process-target.ts';
import { failed, isPending, type TargetState } from './target-state.ts';
import { applyTags } from './transitions.ts';

/** What a reading of the state tells about a logout that would be sent now. */
const applyDrillReading = (target: TargetState, answer: Counted<StateAnswer | NotCalled>): TargetState => {
  if (answer.kind === 'not-authorized') return failed(target, 'instance-starting', answer.detail);
  if (answer.kind !== 'state') return failed(target, answer.kind, answer.detail);
  const { stateInstance } = answer;
  if (stateInstance === 'notAuthorized') return { ...target, kind: 'already-logged-out' };
  return {
    ...target,
    kind: 'ready',
    ...(stateInstance !== 'authorized' && { detail: `the state is ${stateInstance}` }),
  };
};

/**
 * The drill's part for one instance: reads its tags, its credential and its state once, and changes nothing. One reading confirms no
 * logout, so none is called confirmed.
 */
export const createDrillTarget = ({
  callWithCredential,
  greenApi,
  readTags,
}: Omit<ProcessTargetDependencies, 'now'>): ProcessTarget => {
  const drill: ProcessTarget = async (target, { request, deadline }) => {
    const tags = await readTags(target.idInstance);
    const informed = applyTags(target, tags, request.target);
    if (!isPending(informed)) return informed;
    if (tags.kind !== 'tags') return failed(informed, tags.kind, tags.detail);
    return applyDrillReading(informed, await callWithCredential(target.idInstance, greenApi.readState, deadline));
  };

  // A drill reads once. It reports a transient failure instead of trying again.
  return async (target, round) => {
    try {
      return await drill(target, round);
    } catch (error) {
      return failed(target, 'unavailable', `unexpected error: ${errorNameOf(error)}`);
    }
  };
};

/** Logs each instance that could not be logged out. A drill leaves no evidence: nothing was logged out, and nothing failed to be. */
export const createReportDrill =
  (log: Log): ReportTarget =>
  async (run, target) => {
    const { idInstance, kind, detail, retry } = target;
    if (kind === 'skipped') logSkipped(log, run.id, { ...target, ...retry });
    else if (kind !== 'ready' && kind !== 'already-logged-out')
      log('WARN', 'drill: instance not ready', { run: run.id, idInstance, kind, detail, tags: retry.tags });
    return undefined;
  };
