import type { RunExecution } from '../../../functions/runs/lambda/read-run.ts';
import type { FinishedStep } from '../../../functions/runs/results-from-steps.ts';
import type { WatchName } from '../../../functions/runs/start-watch.ts';
import { createReadWatch } from '../../../functions/watch/read-watch.ts';
import { createWatchSetup, watchId } from '../../support/watch-setup.ts';

const scripts = { '1101000001': ['authorized'], '1101000002': ['notAuthorized'], '1101000003': ['notAuthorized'] };
const name = watchId as WatchName;

/** The execution of a watch that released one instance, found another one linked again and still watches the third. */
const watchAfterTwoPolls = async () => {
  const setup = createWatchSetup(scripts);
  setup.listed.delete('1101000003');
  const { operations, result } = await setup.run();
  const steps: readonly FinishedStep[] = operations.map((operation) => ({
    name: operation.name,
    payload: operation.payload,
  }));
  const execution: RunExecution = {
    kind: 'execution',
    arn: 'arn',
    status: 'RUNNING',
    startedAt: new Date('2026-11-30T17:00:00Z'),
    endedAt: undefined,
    payload: JSON.stringify(setup.request),
    result: undefined,
    error: undefined,
  };
  return { steps, execution, result };
};

const outcomes = [
  { idInstance: '1101000001', kind: 'linked-again', at: '2026-11-30T17:16:00.000Z' },
  { idInstance: '1101000002', kind: 'watching' },
  { idInstance: '1101000003', kind: 'released', at: '2026-11-30T17:15:00.000Z', reason: 'secret-removed' },
];
const progress = { total: 3, linkedAgain: 1, released: 1, unread: 0 };

test('shows an active watch from its history, with the time of its next poll', async () => {
  const { steps, execution } = await watchAfterTwoPolls();
  const until = new Date('2026-11-30T18:00:00Z');
  const readWatch = createReadWatch({
    readExecution: async () => execution,
    readHistory: async () => ({
      kind: 'history',
      steps,
      unfinished: ['wait-before-poll-9'],
      waiting: { name: 'wait-before-poll-9', until },
    }),
  });

  expect(await readWatch(name)).toMatchObject({
    kind: 'watch',
    status: 'RUNNING',
    run: `event-${'0'.repeat(40)}`,
    reason: 'offboarded',
    until: '2026-12-01T17:00:00.000Z',
    nextActionAt: until,
    progress,
    outcomes,
  });
});

test('shows an ended watch from its result, without its history', async () => {
  const { execution, result } = await watchAfterTwoPolls();
  const readWatch = createReadWatch({
    readExecution: async () => ({ ...execution, status: 'SUCCEEDED', result: JSON.stringify(result) }),
    readHistory: () => Promise.reject(new Error('not needed')),
  });

  expect(await readWatch(name)).toMatchObject({
    status: 'SUCCEEDED',
    progress,
    outcomes: outcomes.map((outcome) => (outcome.kind === 'watching' ? { ...outcome, kind: 'watched' } : outcome)),
  });
});

test('names who stopped a watch', async () => {
  const { execution, steps } = await watchAfterTwoPolls();
  const error = { message: 'Stopped by auth0|desk', data: undefined };
  const readWatch = createReadWatch({
    readExecution: async () => ({ ...execution, status: 'STOPPED', error }),
    readHistory: async () => ({ kind: 'history', steps, unfinished: [] }),
  });

  expect(await readWatch(name)).toMatchObject({ status: 'STOPPED', note: 'Stopped by auth0|desk', progress });
});

test('reports an unreadable history, and answers that an execution of another kind is unknown', async () => {
  const { execution } = await watchAfterTwoPolls();
  const failure = { kind: 'unavailable', detail: 'Lambda: ServiceException' } as const;
  const readHistory = async () => failure;

  const unread = createReadWatch({ readExecution: async () => execution, readHistory });
  const other = createReadWatch({ readExecution: async () => ({ ...execution, payload: '{}' }), readHistory });

  expect(await unread(name)).toEqual(failure);
  expect(await other(name)).toEqual({ kind: 'unknown-run' });
});

test('shows which instances a failed watch could not read, and why it failed', async () => {
  const { execution } = await watchAfterTwoPolls();
  const data = JSON.stringify({ ended: [], unread: 1, notRead: ['1101000002'] });
  const error = { message: '1 of 3 instances could not be read', data };
  const readWatch = createReadWatch({
    readExecution: async () => ({ ...execution, status: 'FAILED', error }),
    readHistory: () => Promise.reject(new Error('not needed')),
  });

  expect(await readWatch(name)).toMatchObject({
    status: 'FAILED',
    note: error.message,
    outcomes: [{ kind: 'watched' }, { idInstance: '1101000002', kind: 'unread' }, { kind: 'watched' }],
  });
});
