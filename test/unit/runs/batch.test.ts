import { setTimeout as sleep } from 'node:timers/promises';
import { hasPassed, timeUntil } from '../../../functions/green-api/deadline.ts';
import type { InstanceId } from '../../../functions/instances/instance-id.ts';
import { createHandleBatch } from '../../../functions/runs/process-batch.ts';
import type { Advance } from '../../../functions/runs/process-target.ts';
import { newCourse, troubled } from '../../../functions/runs/target-state.ts';
import { createWorld, requestOf, runId } from '../../support/run-setup.ts';

/** As long as it may. */
const advanceUntilDeadline: Advance = async (course, _request, deadline) => {
  while (!hasPassed(deadline)) await sleep(Math.ceil(timeUntil(deadline)));
  return troubled(course, 'timed-out', 'GREEN-API did not answer in time');
};

test('ends 20 s before its invocation does, and leaves pending what hung or was not begun', async () => {
  const { dependencies, evidence, facts, clock } = createWorld({});
  const startedAt = clock.now().toISOString();
  const begun = Array.from({ length: 50 }, (_, at) => newCourse(String(1_101_000_001 + at) as InstanceId));
  const waiting = newCourse('1101000051' as InstanceId);
  const handleBatch = createHandleBatch({ ...dependencies, advance: advanceUntilDeadline });

  const run = { id: runId, request: requestOf(), startedAt };
  const batch = handleBatch(run, 1, [...begun, waiting], () => 20_050);
  const first = await Promise.race([batch, sleep(10_000, 'no time is left to close', { ref: false })]);

  const hung = begun.map((course) => troubled(course, 'timed-out', 'GREEN-API did not answer in time'));
  expect(first).toEqual({ round: 1, at: startedAt, timeIsShort: true, courses: [...hung, waiting] });
  expect([evidence, facts]).toEqual([[], []]);
});
