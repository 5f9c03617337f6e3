import { createRecordStopped } from '../../../../functions/runs/lambda/record-stopped.ts';
import type { RunName } from '../../../../functions/runs/run-name.ts';
import { requestOf, runId } from '../../../support/run-setup.ts';

const failure = { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' } as const;
const execution = {
  kind: 'execution',
  arn: 'arn',
  status: 'STOPPED',
  startedAt: new Date('2026-11-30T17:00:00Z'),
  endedAt: undefined,
  payload: JSON.stringify(requestOf()),
  result: undefined,
  error: undefined,
} as const;

test.each([
  ['the run', failure, failure],
  ['its history', execution, failure],
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
