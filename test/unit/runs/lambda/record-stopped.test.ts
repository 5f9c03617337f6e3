import type { Evidence } from '../../../../functions/logout/evidence.ts';
import type { RunHistory } from '../../../../functions/runs/lambda/read-history.ts';
import type { RunExecution } from '../../../../functions/runs/lambda/read-run.ts';
import { createRecordStopped } from '../../../../functions/runs/lambda/record-stopped.ts';
import type { RunEnded } from '../../../../functions/runs/run-ended.ts';
import type { RunName } from '../../../../functions/runs/run-name.ts';
import { runId, stoppedExecution } from '../../../support/run-setup.ts';

const failure = { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' } as const;

test.each([
  ['the run', failure, failure],
  ['its history', stoppedExecution, failure],
])('the log says that evidence of a stopped run is missing if %s cannot be read', async (_, run, history) => {
  const lines: unknown[] = [];
  const recordStopped = createRecordStopped({
    readExecution: async () => run,
    readHistory: async () => history,
    recordEvidence: async () => {},
    recordRunEnd: async () => {},
    now: () => new Date(),
    log: (...line) => void lines.push(line),
  });

  await recordStopped(runId as RunName, 'somebody');

  expect(lines).toEqual([
    [
      'ERROR',
      'evidence of a stopped run not recorded: send the DELETE again',
      { run: runId, detail: 'Lambda: TooManyRequestsException' },
    ],
  ]);
});

/** What is recorded when a run with this history is stopped, of which one batch is under way. */
const recordOf = async (changed: Partial<RunExecution>, order: (steps: RunHistory['steps']) => RunHistory['steps']) => {
  const ids = ['1101000001', '1101000002', '1101000003'] as const;
  const [out, tried] = ids;
  const confirmed = { idInstance: out, kind: 'logged-out', confirmed: true, attempts: 1 };
  const pending = { idInstance: tried, kind: 'pending', confirmed: false, attempts: 1, retry: { readings: [] } };
  const steps = [
    { name: 'start', payload: JSON.stringify('2026-11-30T17:00:03.000Z') },
    {
      name: 'resolve',
      payload: JSON.stringify({ kind: 'resolved', targets: ids, excepted: [], protected: [], unlisted: 0 }),
    },
    { name: 'round-1-batch-1', payload: JSON.stringify({ round: 1, targetStates: [confirmed, pending] }) },
  ];
  const records: Evidence[] = [];
  const ends: RunEnded[] = [];
  const lines: unknown[] = [];
  await createRecordStopped({
    readExecution: async () => ({ ...stoppedExecution, ...changed }),
    readHistory: async () => ({ kind: 'history', steps: order(steps), unfinished: ['round-2-batch-1'] }),
    recordEvidence: async (record) => void records.push(record),
    recordRunEnd: async (end) => void ends.push(end),
    now: () => new Date('2026-11-30T18:00:00Z'),
    log: (...line) => void lines.push(line),
  })(runId as RunName, 'somebody');
  return { records, ends, lines };
};

test.each([
  ['with its own times', new Date('2026-11-30T17:20:00Z'), '2026-11-30T17:20:00.000Z'],
  ['now, if Lambda does not say when it ended', undefined, '2026-11-30T18:00:00.000Z'],
])('the end of a stopped run is recorded %s, whatever the order of its steps', async (_, endedAt, recordedAs) => {
  const { records, ends, lines } = await recordOf({ endedAt }, (steps) => steps.toReversed());

  expect(records).toMatchObject([
    { idInstance: '1101000002', outcome: { kind: 'unconfirmed' }, requestedAt: '2026-11-30T17:00:03.000Z' },
  ]);
  expect(ends).toMatchObject([
    {
      status: 'STOPPED',
      startedAt: '2026-11-30T17:00:03.000Z',
      endedAt: recordedAs,
      stoppedBy: 'somebody',
      progress: { total: 3, loggedOut: 1, failed: 2 },
    },
  ]);
  expect(lines).toEqual([]);
});

test('a stopped run that never began has the time of its execution, and nobody in doubt', async () => {
  const { records, ends } = await recordOf({}, () => []);

  expect(records).toEqual([]);
  expect(ends).toMatchObject([{ startedAt: '2026-11-30T17:00:00.000Z', progress: { total: 0 } }]);
});

test('a stopped execution that was no run leaves no record, and no error', async () => {
  const { records, ends, lines } = await recordOf({ payload: '{}' }, (steps) => steps);

  expect([records, ends, lines]).toEqual([[], [], []]);
});
