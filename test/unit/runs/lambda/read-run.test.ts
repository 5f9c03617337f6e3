import type { RunHistory } from '../../../../functions/runs/lambda/read-history.ts';
import { createReadRun, type RunExecution } from '../../../../functions/runs/lambda/read-run.ts';
import type { RunName } from '../../../../functions/runs/run-name.ts';
import { requestOf, runId, stoppedExecution } from '../../../support/run-setup.ts';

const throttled = { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' } as const;
const nobody = { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0, ready: 0 };
const resolved = { kind: 'resolved', targets: ['1101000001'], excepted: [], protected: [], unlisted: 0 };
const history = {
  kind: 'history',
  steps: [{ name: 'resolve', payload: JSON.stringify(resolved) }],
  unfinished: ['round-1-batch-1'],
} as const satisfies RunHistory;

const read = (
  execution: Partial<RunExecution>,
  readHistory: () => Promise<RunHistory | typeof throttled> = async () => history,
) =>
  createReadRun({
    readExecution: async () => ({ ...stoppedExecution, ...execution }),
    readHistory,
    executionTimeoutMs: 30 * 24 * 60 * 60 * 1_000,
  })(runId as RunName);

test.each([
  ['STOPPED', { message: 'Stopped by john.doe', data: undefined }, 'Stopped by john.doe'],
  ['STOPPED', undefined, undefined],
  ['TIMED_OUT', undefined, 'the run took longer than its execution may last'],
  ['FAILED', { message: 'a secret thing', data: undefined }, 'the run failed without a summary: see its log'],
  ['SUCCEEDED', undefined, undefined],
])('a run that is %s without a summary, with the error %j, has the note %p', async (status, error, note) => {
  const run = await read({ status, error });

  expect('note' in run ? run.note : undefined).toBe(note);
  expect(run).toMatchObject({ progress: { total: 1, failed: 1 } });
});

test('a run that found nobody is shown without its history', async () => {
  const run = await read({ status: 'SUCCEEDED', result: JSON.stringify({ progress: nobody, outcomes: [] }) }, () =>
    Promise.reject(new Error('nothing to read')),
  );

  expect(run).toMatchObject({ kind: 'run', progress: nobody, outcomes: [] });
});

test('the counts of a large run are shown even if its history cannot be read, and the history of another is missed', async () => {
  const progress = { ...nobody, total: 3_000, failed: 3_000 };
  const error = { message: 'x', data: JSON.stringify({ progress, outcomes: [], note: 'too many' }) };

  expect(await read({ status: 'FAILED', error }, async () => throttled)).toMatchObject({
    kind: 'run',
    progress,
    outcomes: [],
    note: 'too many',
  });
  expect(await read({ status: 'FAILED' }, async () => throttled)).toEqual(throttled);
});

test.each([
  [false, 'unconfirmed', 1],
  [true, 'not-attempted', 0],
])(
  'an instance that was under way when a run stopped may have been logged out, unless it is a drill: %s',
  async (dryRun, kind, attempts) => {
    const run = await read({ payload: JSON.stringify(requestOf({ dryRun })) });

    expect(run).toMatchObject({ outcomes: [{ idInstance: '1101000001', kind, attempts }] });
  },
);

test.each([{ kind: 'unknown-run' } as const, throttled])('a run whose execution is %j is not shown', async (answer) => {
  const readRun = createReadRun({
    readExecution: async () => answer,
    readHistory: async () => history,
    executionTimeoutMs: 30 * 24 * 60 * 60 * 1_000,
  });

  expect(await readRun(runId as RunName)).toEqual(answer);
});
