import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { type Deadline, deadlineIn, hasPassed, timeUntil } from '../../../functions/platform/deadline.ts';
import { createProcessBatch } from '../../../functions/runs/process-batch.ts';
import {
  createProcessTarget,
  type ProcessTarget,
  type ProcessTargetDependencies,
} from '../../../functions/runs/process-target.ts';
import { createReportLogout } from '../../../functions/runs/run-evidence.ts';
import {
  failed,
  newTargetState,
  retryOrFail,
  type TargetState,
  withReading,
  withRetry,
} from '../../../functions/runs/target-state.ts';
import { createSetup, requestOf, runId } from '../../support/run-setup.ts';

const unanswered = { kind: 'timed-out', detail: 'GREEN-API did not answer in time' } as const;

const waitUntil = async (deadline: Deadline): Promise<void> => {
  while (!hasPassed(deadline)) await sleep(Math.ceil(timeUntil(deadline)));
};

/** Processes a target until its deadline has passed. */
const advanceUntilDeadline: ProcessTarget = async (targetState, { deadline }) => {
  await waitUntil(deadline);
  return retryOrFail(targetState, unanswered, '2026-11-30T17:00:00.000Z');
};

test('ends with the time for work in its invocation, and leaves hanging and unstarted instances pending', async () => {
  const { dependencies, evidence, facts, clock } = createSetup({});
  const startedAt = clock.now().toISOString();
  const begun = Array.from({ length: 50 }, (_, at) => newTargetState(String(1_101_000_001 + at) as InstanceId));
  const waiting = newTargetState('1101000051' as InstanceId);
  const processBatch = createProcessBatch({
    ...dependencies,
    processTarget: advanceUntilDeadline,
    report: createReportLogout(dependencies.recordEvidence, dependencies.log),
  });

  const run = { id: runId, request: requestOf(), startedAt, expiresAt: '2026-12-01T17:00:00Z' };
  const batch = processBatch(run, 1, [...begun, waiting], false, () => 500);
  const first = await Promise.race([batch, sleep(10_000, 'no time is left to close', { ref: false })]);

  const hung = begun.map((targetState) => retryOrFail(targetState, unanswered, startedAt));
  expect(first).toEqual({ round: 1, at: startedAt, timeIsShort: true, targetStates: [...hung, waiting] });
  expect([evidence, facts]).toEqual([[], []]);
});

type Change = (setup: ReturnType<typeof createSetup>, deadline: Deadline) => Partial<ProcessTargetDependencies>;

const expiresAt = '2026-12-01T17:00:00Z';

test.each<[string, string, number, Change]>([
  [
    'logout',
    'the time of the batch ends while the tags are read',
    50,
    ({ dependencies: { readTags } }, deadline) => ({
      readTags: async (id) => {
        await waitUntil(deadline);
        return readTags(id);
      },
    }),
  ],
  [
    'logout',
    'the run expires while the tags are read',
    60_000,
    ({ dependencies: { readTags }, clock }) => ({
      readTags: async (id) => {
        clock.advance(Date.parse(expiresAt) - clock.now().getTime());
        return readTags(id);
      },
    }),
  ],
  [
    'clearQueue',
    'the time of the batch ends while the state is read',
    500,
    ({ dependencies: { greenApi } }, deadline) => ({
      greenApi: {
        ...greenApi,
        readState: async (...call) => {
          await waitUntil(deadline);
          return greenApi.readState(...call);
        },
      },
    }),
  ],
])('sends no %s if %s', async (method, _when, leftMs, change) => {
  // After such an answer the state is read in the same round, and shows that the queue may be cleared.
  const setup = createSetup({ '1101000001': { logout: [{ kind: 'not-authorized', detail: 'HTTP 400' }] } });
  const deadline = deadlineIn(leftMs);
  const processTarget = createProcessTarget({ ...setup.dependencies, ...change(setup, deadline) });
  const request = requestOf({ clearQueue: true });

  const round = { runId, request, expiresAt, deadline, onLogoutSent: () => {} };
  await processTarget(newTargetState('1101000001' as InstanceId), round);

  expect(setup.callsOf(method)).toEqual([]);
});

const batchOf = (
  { dependencies }: ReturnType<typeof createSetup>,
  processTarget: ProcessTarget,
  target: TargetState,
  isRepeated = false,
) => {
  const report = createReportLogout(dependencies.recordEvidence, dependencies.log);
  const run = { id: runId, request: requestOf(), startedAt: at, expiresAt };
  return createProcessBatch({ ...dependencies, processTarget, report })(run, 1, [target], isRepeated, () => 900_000);
};

const at = '2026-11-30T17:00:00.000Z';
const fresh = newTargetState('1101000001' as InstanceId);
const outOnce = withReading(fresh, { at, stateInstance: 'notAuthorized' });

test('an instance that failed is not processed again, even if it was out once', async () => {
  const processTarget = jest.fn(async (target: TargetState) => failed(target, 'instance-deleted', 'HTTP 400'));

  const { targetStates } = await batchOf(createSetup({}), processTarget, outOnce);

  expect(targetStates).toMatchObject([{ kind: 'instance-deleted' }]);
  expect(processTarget).toHaveBeenCalledTimes(1);
});

test.each([
  ['was out before it, is reported as already logged out', outOnce, 'already-logged-out'],
  [
    'was linked before it, is attributed to this run',
    withReading(fresh, { at, stateInstance: 'authorized' }),
    'logged-out',
  ],
])('an instance in a step whose process died, which %s', async (_, before, kind) => {
  const setup = createSetup({ '1101000001': {} });
  const tried = { ...withRetry(before, { acceptedLogouts: 1, acceptedAt: at }), attempts: 1 };

  const { targetStates } = await batchOf(setup, createProcessTarget(setup.dependencies), tried, true);

  expect(targetStates).toMatchObject([{ kind, confirmed: true, attempts: 1 }]);
});

const tenSeconds = 10_000;
const tenMinutes = 10 * 60_000;

test.each([
  [tenSeconds - 1, 0],
  [tenSeconds, 1],
  [tenMinutes - 1, 1],
  [tenMinutes, 0],
])('%i ms after a logout, an instance that is still linked is logged out again %i times', async (ms, count) => {
  const setup = createSetup({ '1101000001': { state: ['authorized'] } });
  const tried = { ...withRetry(fresh, { acceptedLogouts: 1, acceptedAt: at }), attempts: 1 };
  setup.clock.advance(ms);

  await batchOf(setup, createProcessTarget(setup.dependencies), tried);

  expect(setup.callsOf('logout')).toHaveLength(count);
});

test.each([
  [tenMinutes - 1, 1],
  [tenMinutes, 0],
])('%i ms after a logout, the queue is cleared %i times', async (ms, count) => {
  const setup = createSetup({ '1101000001': { state: ['starting'] } });
  const tried = { ...withRetry(fresh, { acceptedLogouts: 1, acceptedAt: at }), attempts: 1 };
  setup.clock.advance(ms);

  await createProcessTarget(setup.dependencies)(tried, {
    runId,
    request: requestOf({ clearQueue: true }),
    expiresAt,
    deadline: deadlineIn(60_000),
    onLogoutSent: () => {},
  });

  expect(setup.callsOf('clearQueue')).toHaveLength(count);
});

test.each([
  [299_999, true],
  [300_000, false],
])('with %i ms left for work in its invocation, no other batch may begin: %s', async (remainingMs, timeIsShort) => {
  const { dependencies } = createSetup({});
  const processBatch = createProcessBatch({
    ...dependencies,
    processTarget: async (target) => target,
    report: async () => undefined,
  });

  const run = { id: runId, request: requestOf(), startedAt: at, expiresAt };
  expect(await processBatch(run, 1, [fresh], false, () => remainingMs)).toMatchObject({ timeIsShort });
});
