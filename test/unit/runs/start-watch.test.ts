import * as v from 'valibot';
import {
  digestOf,
  parseWatchName,
  type StartWatchExecution,
  watchNameOf,
  watchRequestSchema,
} from '../../../functions/runs/start-watch.ts';
import { createSetup, requestOf, runId } from '../../support/run-setup.ts';

const refused = { kind: 'quota-exceeded', detail: 'HTTP 466' } as const;
const staff = {
  '1101000001': { tags: { owner: 'ann@example.com', group: 'sales' } },
  '1101000002': { logout: [refused] },
  '1101000003': { tags: { protected: true } },
};

test('hands the confirmed instances to a watch when the run ends, and names it', async () => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ watchDays: 7 }));

  expect(run).toMatchObject({ status: 'NotAllConfirmed', watch: watchNameOf(runId) });
  expect(setup.watches).toEqual([
    {
      name: watchNameOf(runId),
      run: runId,
      requestedBy: requestOf().requestedBy,
      reason: 'contract ended',
      source: 'api',
      until: '2026-12-07T17:00:01.000Z',
      instances: [['1101000001', digestOf({ owner: 'ann@example.com', group: 'sales' })]],
    },
  ]);
});

test.each([
  ['the request wants none', requestOf()],
  ['it is a drill', requestOf({ watchDays: 7, dryRun: true })],
  ['nobody is confirmed', requestOf({ watchDays: 7, except: ['1101000001'] as never })],
])('starts no watch if %s', async (_, request) => {
  const setup = createSetup(staff);

  const run = await setup.run(request);

  expect(setup.watches).toEqual([]);
  expect(run).not.toHaveProperty('watch');
});

test('retries starting the watch, and finally reports that there is none', async () => {
  const setup = createSetup({ '1101000001': {} });
  let calls = 0;
  const failing: StartWatchExecution = async () => {
    calls += 1;
    return { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' };
  };
  const passing: StartWatchExecution = async (name, request) =>
    calls++ < 2
      ? { kind: 'unavailable', detail: 'Lambda: ServiceException' }
      : setup.dependencies.startWatchExecution(name, request);

  const lost = await setup.run(requestOf({ watchDays: 1 }), { startWatchExecution: failing });
  calls = 0;
  const late = await createSetup({ '1101000001': {} }).run(requestOf({ watchDays: 1 }), {
    startWatchExecution: passing,
  });

  expect(lost).toMatchObject({
    status: 'SUCCEEDED',
    note: 'the watch was not started: Lambda: TooManyRequestsException',
  });
  expect(late).toMatchObject({ status: 'SUCCEEDED', watch: watchNameOf(runId) });
});

test('a repeated step that finds its watch started, with another end, names that watch', async () => {
  const setup = createSetup({ '1101000001': {} });
  let calls = 0;
  const startWatchExecution: StartWatchExecution = async (id) => {
    calls += 1;
    return { kind: 'other-payload', id };
  };

  const run = await setup.run(requestOf({ watchDays: 1 }), { startWatchExecution });

  expect(run).toMatchObject({ status: 'SUCCEEDED', watch: watchNameOf(runId) });
  expect(run).not.toHaveProperty('note');
  expect(calls).toBe(1);
});

test.each([0, 31, 1.5, '7'])('refuses to watch for %p days', async (watchDays) => {
  const run = await createSetup(staff).run({ ...requestOf(), watchDays });

  expect(run.status).toBe('InvalidRun');
});

test('a right to start the watch that is missing is reported at once', async () => {
  const setup = createSetup({ '1101000001': {} });
  const startWatchExecution = jest.fn<ReturnType<StartWatchExecution>, Parameters<StartWatchExecution>>(async () => ({
    kind: 'denied',
    detail: 'allow lambda:InvokeFunction',
  }));

  const run = await setup.run(requestOf({ watchDays: 1 }), { startWatchExecution });

  expect(run.note).toBe('the watch was not started: allow lambda:InvokeFunction');
  expect(startWatchExecution).toHaveBeenCalledTimes(1);
});

const name = watchNameOf(runId);

test.each([undefined, 'watch', `x${name}`, `${name}0`, [name]])('%p is not the name of a watch', (value) => {
  expect([parseWatchName(value), parseWatchName(name)]).toEqual([undefined, name]);
});

test.each(['', 'x0123456789ab', '0123456789abx'])('a watch whose digest is %p is refused', async (digest) => {
  const setup = createSetup({ '1101000001': {} });
  await setup.run(requestOf({ watchDays: 1 }));
  const [{ name: _, ...request } = { name: '' }] = setup.watches;

  expect(v.safeParse(watchRequestSchema, request).success).toBe(true);
  expect(v.safeParse(watchRequestSchema, { ...request, instances: [['1101000001', digest]] }).success).toBe(false);
});
