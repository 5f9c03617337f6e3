import { type OperationUpdate, StopDurableExecutionCommand } from '@aws-sdk/client-lambda';
import { buildFixture } from '../../test/support/lambda/harness.ts';
import { startPuppet } from '../../test/support/lambda/puppet.ts';

let bundle: string;
beforeAll(async () => {
  bundle = await buildFixture('puppet');
});

const step = (Id: string, Action: OperationUpdate['Action'], rest: object = {}): OperationUpdate => ({
  Id,
  Name: `step ${Id}`,
  Type: 'STEP',
  Action,
  ...rest,
});
const wait = (Id: string, WaitSeconds: number): OperationUpdate => ({
  Id,
  Type: 'WAIT',
  Action: 'START',
  WaitOptions: { WaitSeconds },
});
const context = (Id: string, Action: OperationUpdate['Action'], rest: object = {}): OperationUpdate => ({
  Id,
  Type: 'CONTEXT',
  Action,
  ...rest,
});

const staleToken = {
  name: 'InvalidParameterValueException',
  message: 'Invalid Checkpoint Token',
  $metadata: { httpStatusCode: 400 },
};

test('invokes the handler with the input and a token, as Lambda does', async () => {
  await using puppet = await startPuppet(bundle);

  const arn = await puppet.start({ reason: 'rotation' }, 'api-1');
  const { event } = await puppet.invocation();

  expect(arn).toMatch(/^arn:aws:lambda:us-east-1:000000000000:function:run:1\/durable-execution\/api-1\/[0-9a-f-]+$/);
  expect(event).toEqual({
    DurableExecutionArn: arn,
    CheckpointToken: expect.any(String),
    UpdatedOperationIds: [],
    InitialExecutionState: {
      Operations: [
        {
          Id: expect.any(String),
          Type: 'EXECUTION',
          Status: 'STARTED',
          StartTimestamp: expect.stringMatching(/^\d{4}-.*Z$/),
          ExecutionDetails: { InputPayload: '{"reason":"rotation"}' },
        },
      ],
    },
  });
});

test('accepts each token once, and repeats its answer to a repeated request', async () => {
  await using puppet = await startPuppet(bundle);
  await puppet.start({});
  const { event } = await puppet.invocation();

  const first = await puppet.checkpoint(event, event.CheckpointToken, [step('a', 'START')], 'request-1');
  const repeated = await puppet.checkpoint(event, event.CheckpointToken, [step('a', 'START')], 'request-1');
  const stale = puppet.checkpoint(event, event.CheckpointToken, [step('a', 'SUCCEED')], 'request-2');

  await expect(stale).rejects.toMatchObject(staleToken);
  expect(repeated.CheckpointToken).toBe(first.CheckpointToken);
  expect(repeated.NewExecutionState).toEqual(first.NewExecutionState);
  expect(first.NewExecutionState?.Operations).toMatchObject([{ Id: 'a', Name: 'step a', Status: 'STARTED' }]);
});

test('refuses the checkpoint of a step that was in progress when the run was stopped', async () => {
  await using puppet = await startPuppet(bundle);
  const DurableExecutionArn = await puppet.start({});
  const { event, answer } = await puppet.invocation();
  const { CheckpointToken } = await puppet.checkpoint(event, event.CheckpointToken, [step('a', 'START')]);

  await puppet.client.send(new StopDurableExecutionCommand({ DurableExecutionArn }));

  await expect(puppet.checkpoint(event, CheckpointToken, [step('a', 'SUCCEED')])).rejects.toMatchObject(staleToken);
  answer({ Status: 'SUCCEEDED', Result: '"too late"' });
  expect(await puppet.get(DurableExecutionArn)).toMatchObject({ Status: 'STOPPED' });
});

test.each([
  ['a wait shorter than a second', wait('a', 0), 'ValidationException', /waitSeconds/i],
  ['a wait of half a second', wait('a', 1.5), 'ValidationException', /waitSeconds/i],
  ['a retry without a delay', step('a', 'RETRY'), 'InvalidParameterValueException', /StepOptions/],
  [
    'a result over 256 KB',
    step('a', 'SUCCEED', { Payload: 'x'.repeat(256 * 1024 + 1) }),
    'InvalidParameterValueException',
    /^STEP output payload size must be less than or equal to 262144 bytes/,
  ],
  [
    'an error over 256 KB',
    step('a', 'FAIL', { Error: { ErrorData: 'x'.repeat(256 * 1024) } }),
    'InvalidParameterValueException',
    /^STEP error payload size/,
  ],
  [
    'an error of a step over 32 KB',
    step('a', 'FAIL', { Error: { ErrorData: 'x'.repeat(32 * 1024) } }),
    'InvalidParameterValueException',
    /^STEP error payload size must be less than or equal to 32768 bytes/,
  ],
  [
    'an error of a context over 32 KB',
    context('a', 'FAIL', { Error: { ErrorData: 'x'.repeat(32 * 1024) } }),
    'InvalidParameterValueException',
    /^CONTEXT error payload size must be less than or equal to 32768 bytes/,
  ],
  ['a payload on FAIL', step('a', 'FAIL', { Payload: '1' }), 'InvalidParameterValueException', /Payload for FAIL/],
  ['an error on SUCCEED', step('a', 'SUCCEED', { Error: {} }), 'InvalidParameterValueException', /Error for SUCCEED/],
  ['an id with a space', step('a b', 'START'), 'ValidationException', /Id/],
  ['an unknown parent', step('a', 'START', { ParentId: 'nobody' }), 'InvalidParameterValueException', /parent/],
  [
    'the end of a wait',
    { ...wait('a', 1), Action: 'SUCCEED' } as const,
    'InvalidParameterValueException',
    /WAIT action/,
  ],
  [
    'a callback',
    { Id: 'a', Type: 'CALLBACK', Action: 'START' } as const,
    'InvalidParameterValueException',
    /not supported/,
  ],
])('refuses %s, and the whole request with it', async (_, update, name, message) => {
  await using puppet = await startPuppet(bundle);
  await puppet.start({});
  const { event } = await puppet.invocation();

  const refused = puppet.checkpoint(event, event.CheckpointToken, [step('before', 'START'), update]);

  await expect(refused).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
    $metadata: { httpStatusCode: 400 },
  });
  const { Operations } = await puppet.state(event, event.CheckpointToken);
  expect(Operations).toHaveLength(1);
});

test('refuses to finish an operation twice', async () => {
  await using puppet = await startPuppet(bundle);
  await puppet.start({});
  const { event } = await puppet.invocation();
  const updates = [step('a', 'START'), step('a', 'SUCCEED', { Payload: '1' })];
  const { CheckpointToken } = await puppet.checkpoint(event, event.CheckpointToken, updates);

  const again = puppet.checkpoint(event, CheckpointToken, [step('a', 'FAIL')]);

  await expect(again).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringContaining('SUCCEEDED'),
  });
});

test.each([
  ['type', context('a', 'SUCCEED')],
  ['subtype', step('a', 'SUCCEED', { SubType: 'WaitForCondition' })],
  ['name', step('a', 'SUCCEED', { Name: 'another' })],
  ['parent', step('a', 'SUCCEED', { ParentId: 'parent' })],
])('refuses an update that gives an operation another %s', async (_, update) => {
  await using puppet = await startPuppet(bundle);
  await puppet.start({});
  const { event } = await puppet.invocation();
  const updates = [context('parent', 'START'), step('a', 'START', { SubType: 'Step' })];
  const { CheckpointToken } = await puppet.checkpoint(event, event.CheckpointToken, updates);

  await expect(puppet.checkpoint(event, CheckpointToken, [update])).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringContaining('Inconsistent operation'),
  });
});

test('treats a repeated ClientToken as the same request only with the same checkpoint token', async () => {
  await using puppet = await startPuppet(bundle);
  await puppet.start({});
  const { event } = await puppet.invocation();
  const first = await puppet.checkpoint(event, event.CheckpointToken, [step('a', 'START')], 'request-1');

  const next = await puppet.checkpoint(event, first.CheckpointToken, [step('b', 'START')], 'request-1');

  expect(next.NewExecutionState?.Operations).toMatchObject([{ Id: 'b', Status: 'STARTED' }]);
});

test('counts a retry as an operation', async () => {
  await using puppet = await startPuppet(bundle);
  await puppet.start({});
  const { event } = await puppet.invocation();
  const steps = Array.from({ length: 2999 }, (_, index) => step(`s${index}`, 'START'));
  const { CheckpointToken } = await puppet.checkpoint(event, event.CheckpointToken, steps);
  const retry = (Id: string) => step(Id, 'RETRY', { StepOptions: { NextAttemptDelaySeconds: 60 } });

  const last = await puppet.checkpoint(event, CheckpointToken, [retry('s0')]);

  await expect(puppet.checkpoint(event, last.CheckpointToken, [retry('s1')])).rejects.toThrow('3000 operations');
});

test('returns the timers that have fired to a handler that is still running', async () => {
  await using puppet = await startPuppet(bundle);
  await puppet.start({});
  const { event } = await puppet.invocation();
  const started = await puppet.checkpoint(event, event.CheckpointToken, [wait('w', 1)]);
  await puppet.events.first((one) => one.kind === 'history' && one.event.EventType === 'WaitSucceeded');

  const answer = await puppet.checkpoint(event, started.CheckpointToken, []);

  expect(started.NewExecutionState?.Operations).toMatchObject([{ Id: 'w', Status: 'STARTED' }]);
  expect(answer.NewExecutionState?.Operations).toMatchObject([{ Id: 'w', Status: 'SUCCEEDED' }]);
});

test('invokes the handler again, with the changed operations, when a timer fires after it has returned', async () => {
  await using puppet = await startPuppet(bundle);
  const arn = await puppet.start({});
  const first = await puppet.invocation();
  await puppet.checkpoint(first.event, first.event.CheckpointToken, [wait('w', 1)]);
  first.answer({ Status: 'PENDING' });

  const second = await puppet.invocation();
  second.answer({ Status: 'SUCCEEDED', Result: '"done"' });

  expect(second.event.UpdatedOperationIds).toEqual(['w']);
  expect(second.event.InitialExecutionState.Operations).toMatchObject([{}, { Id: 'w', Status: 'SUCCEEDED' }]);
  expect(await puppet.ended(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"done"' });
});

test('omits the operations below a finished context, unless its children are requested', async () => {
  await using puppet = await startPuppet(bundle);
  await puppet.start({});
  const { event } = await puppet.invocation();
  const child = (ParentId: string) => [
    step(`${ParentId}-1`, 'START', { ParentId }),
    step(`${ParentId}-1`, 'SUCCEED', { ParentId }),
  ];
  const { CheckpointToken } = await puppet.checkpoint(event, event.CheckpointToken, [
    context('kept', 'START'),
    context('pruned', 'START'),
    ...child('kept'),
    ...child('pruned'),
    context('kept', 'SUCCEED', { ContextOptions: { ReplayChildren: true } }),
    context('pruned', 'SUCCEED', { Payload: '1' }),
  ]);

  const { Operations = [] } = await puppet.state(event, CheckpointToken);

  expect(Operations.slice(1).map(({ Id }) => Id)).toEqual(['kept', 'pruned', 'kept-1']);
});

test('gives the first thousand operations with the invocation, and the others in pages', async () => {
  await using puppet = await startPuppet(bundle);
  await puppet.start({});
  const first = await puppet.invocation();
  const steps = Array.from({ length: 1200 }, (_, index) => step(`s${index}`, 'START'));
  await puppet.checkpoint(first.event, first.event.CheckpointToken, [...steps, wait('w', 1)]);
  first.answer({ Status: 'PENDING' });

  const { event } = await puppet.invocation();
  const { Operations, NextMarker } = event.InitialExecutionState;
  const page = await puppet.state(event, event.CheckpointToken, { Marker: NextMarker, MaxItems: 150 });
  const last = await puppet.state(event, event.CheckpointToken, { Marker: page.NextMarker, MaxItems: 150 });

  const ids = [...Operations, ...(page.Operations ?? []), ...(last.Operations ?? [])].map(({ Id }) => Id);
  expect(Operations).toHaveLength(1000);
  expect(ids.slice(1)).toEqual([...steps.map(({ Id }) => Id), 'w']);
  expect(last.NextMarker).toBeUndefined();
});

test.each([
  ['waits for nothing', { Status: 'PENDING' }, 'Cannot return PENDING status with no pending operations.'],
  ['says nothing that is understood', { Status: 'DONE' }, 'Invalid Status in invocation output.'],
  [
    'returns more than 256 KB',
    { Status: 'SUCCEEDED', Result: 'x'.repeat(256 * 1024 + 1) },
    'Execution output payload size must be less than or equal to 262144 bytes.',
  ],
  [
    'fails with more than 256 KB',
    { Status: 'FAILED', Error: { ErrorData: 'x'.repeat(256 * 1024) } },
    'Execution error payload size must be less than or equal to 262144 bytes.',
  ],
])('fails a run whose handler %s', async (_, output, ErrorMessage) => {
  await using puppet = await startPuppet(bundle);
  const arn = await puppet.start({});

  (await puppet.invocation()).answer(output);

  expect(await puppet.ended(arn)).toMatchObject({ Status: 'FAILED', Error: { ErrorMessage } });
});
