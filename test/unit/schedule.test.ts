import fc from 'fast-check';
import type { RunStart } from '../../functions/runs/lambda/start-run.ts';
import type { RunRequest } from '../../functions/runs/request.ts';
import type { RunName } from '../../functions/runs/run-name.ts';
import { createScheduleHandler } from '../../functions/schedule.ts';
import { contextOf } from '../support/http-event.ts';

const nightly = {
  schedule: 'nightly-kiosks',
  scheduledTime: '2026-11-22T22:00:00Z',
  target: { group: 'kiosks' },
  reason: 'end of the day',
};

const createSetup = (
  answer: Exclude<RunStart, { readonly id: RunName }>['kind'] | 'started' | 'other-payload' = 'started',
  tokenRotation = false,
) => {
  const runs: { readonly name: RunName; readonly request: RunRequest }[] = [];
  const lines: object[] = [];
  const handler = createScheduleHandler({
    startRun: async (name, request) => {
      runs.push({ name, request });
      return answer === 'started' || answer === 'other-payload'
        ? { kind: answer, id: name }
        : { kind: answer, detail: 'Lambda: SomeException' };
    },
    stack: 'green-api-logout',
    limits: { maxTargetsCeiling: 500, executionTimeoutMs: 30 * 86_400_000, tokenRotation },
    log: (level, message, fields) => void lines.push({ level, message, ...fields }),
  });
  return { runs, lines, fire: (input: unknown = nightly) => handler(input, contextOf()) };
};

test('starts the run that the schedule is for', async () => {
  const setup = createSetup();

  const { run } = await setup.fire();

  expect(run).toMatch(/^schedule-[0-9a-f]{40}$/);
  expect(setup.runs).toEqual([
    {
      name: run,
      request: {
        target: { group: 'kiosks' },
        reason: 'end of the day',
        requestedBy: 'schedule nightly-kiosks',
        source: 'schedule',
        occurredAt: '2026-11-22T22:00:00Z',
        expiresAt: '2026-11-23T22:00:00.000Z',
        maxTargets: 50,
      },
    },
  ]);
  expect(setup.lines).toEqual([
    {
      level: 'INFO',
      message: 'schedule',
      schedule: 'nightly-kiosks',
      scheduledTime: '2026-11-22T22:00:00Z',
      run,
    },
  ]);
});

test('passes on every configurable field', async () => {
  const setup = createSetup();
  const configured = { target: { all: true }, except: ['1101000001'], maxTargets: 500, clearQueue: true, dryRun: true };

  await setup.fire({ ...nightly, ...configured });

  expect(setup.runs).toMatchObject([{ request: configured }]);
});

test('a schedule that rotates tokens starts no run where the deployment does not rotate them, and fails with the reason', async () => {
  const [without, having] = [createSetup(), createSetup('started', true)];
  const firing = { ...nightly, rotateToken: true };

  await expect(without.fire(firing)).rejects.toThrow('rotateToken needs tokenRotation.enabled in the configuration');
  await having.fire(firing);

  expect([without.runs, having.runs]).toMatchObject([[], [{ request: { rotateToken: true } }]]);
});

test('requests the same run when the firing is delivered again', async () => {
  const setup = createSetup();

  await setup.fire();
  await setup.fire(JSON.parse(JSON.stringify(nightly)));

  expect(setup.runs[1]).toEqual(setup.runs[0]);
});

test.each([{ schedule: 'nightly-vans' }, { scheduledTime: '2026-11-23T22:00:00Z' }])(
  'requests another run for another firing: %j',
  async (other) => {
    const setup = createSetup();

    const runs = [(await setup.fire()).run, (await setup.fire({ ...nightly, ...other })).run];

    expect(new Set(runs).size).toBe(2);
  },
);

test('keeps the run of a firing that was started before the schedule was changed, and logs a warning', async () => {
  const setup = createSetup('other-payload');

  const { run } = await setup.fire();

  expect(setup.lines).toMatchObject([{ level: 'WARN', message: expect.stringContaining('duplicate'), run }]);
});

test.each(['denied', 'throttled', 'unavailable'] as const)(
  'fails, so that it is called again, when Lambda answers %s',
  async (kind) => {
    const setup = createSetup(kind);

    await expect(setup.fire()).rejects.toMatchObject({
      name: 'RunNotStarted',
      message: `${kind}: Lambda: SomeException`,
    });
    expect(setup.lines).toMatchObject([
      { level: 'ERROR', message: 'event failed', function: 'schedule', error: 'RunNotStarted', failedEvents: 1 },
    ]);
  },
);

test.each<[object, string]>([
  [{ schedule: undefined }, 'schedule must be a string'],
  [{ schedule: 'nightly kiosks' }, 'schedule must be the name of a schedule'],
  [{ scheduledTime: '<aws.scheduler.scheduled-time>' }, 'scheduledTime must be an ISO 8601 instant'],
  [{ target: {} }, 'target must be exactly one of'],
  [{ maxTargets: 501 }, 'maxTargets must be at most 500, the ceiling of this deployment'],
  [{ requestedBy: 'somebody' }, 'requestedBy is not a field'],
])('refuses the input %j, and names the field', async (wrong, message) => {
  const setup = createSetup();

  await expect(setup.fire({ ...nightly, ...wrong })).rejects.toMatchObject({
    name: 'InvalidRequest',
    message: expect.stringContaining(message),
  });
  expect(setup.runs).toEqual([]);
});

test('every input either starts a run or is refused as an invalid request', async () => {
  const setup = createSetup();
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(nightly)));
  const input = fc.record(
    { schedule: field, scheduledTime: field, target: field, reason: field, except: field, maxTargets: field },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(input, fc.jsonValue()), async (given) => {
      const failure: unknown = await setup.fire(given).then(
        () => undefined,
        (error) => error,
      );
      if (failure !== undefined) expect(failure).toMatchObject({ name: 'InvalidRequest' });
    }),
  );
});
