import type { LambdaEvent } from '../../../emulators/lambda/options.ts';
import { createProgressLines } from '../../../local/dev-server/runs.ts';

const execution = { arn: 'arn', name: 'api-1', functionName: 'run' };

const stepSucceeded = (Name: string, result: object) => ({
  EventType: 'StepSucceeded' as const,
  Name,
  StepSucceededDetails: { Result: { Payload: JSON.stringify(result), Truncated: false }, RetryDetails: undefined },
});

const resolved = stepSucceeded('resolve', {
  kind: 'resolved',
  targets: ['1101000001', '1101000002'],
  excepted: [],
  protected: [],
  unlisted: 0,
  tags: {},
});

const linesOf = (...events: readonly LambdaEvent[]): string => {
  let printed = '';
  const report = createProgressLines((text) => {
    printed += text;
  }, 'run');
  for (const event of events) report(event);
  return printed;
};

test('a run that continues after a restart counts the steps before the restart', () => {
  const lines = linesOf({ kind: 'execution-resumed', execution, events: [resolved] });

  expect(lines).toBe('run api-1 goes on\nrun api-1 so far: 0 of 2 logged out, 0 failed, 0 skipped, 2 pending\n');
});

test('a step after a restart adds to the steps before it', () => {
  const again = stepSucceeded('resolve-again', {
    kind: 'resolved',
    targets: ['1101000001', '1101000002', '1101000003'],
    excepted: [],
    protected: [],
    unlisted: 0,
    tags: {},
  });

  const lines = linesOf(
    { kind: 'execution-resumed', execution, events: [resolved] },
    { kind: 'history', execution, event: again },
  );

  expect(lines).toContain('run api-1 resolve-again: 0 of 3 logged out, 0 failed, 0 skipped, 3 pending\n');
});

test('an execution of another function is a watch', () => {
  const watch = { ...execution, name: 'watch-1', functionName: 'watch' };

  const lines = linesOf({ kind: 'history', execution: watch, event: { EventType: 'ExecutionStarted' } });

  expect(lines).toBe('watch watch-1 started\n');
});
