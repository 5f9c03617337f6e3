import { once } from 'node:events';
import { request } from 'node:http';
import {
  GetDurableExecutionCommand,
  InvokeCommand,
  type InvokeCommandInput,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { buildFixture } from '../../test/support/lambda/harness.ts';
import { startPuppet } from '../../test/support/lambda/puppet.ts';

let bundle: string;
beforeAll(async () => {
  bundle = await buildFixture('puppet');
});

const nameOf = (arn: string) => arn.split('/').at(-2);

test('starts one run per name: the same payload gets the same run, another payload a conflict', async () => {
  await using puppet = await startPuppet(bundle);

  const first = await puppet.start({ owner: 'ann@example.com' }, 'api-1');
  const again = await puppet.start({ owner: 'ann@example.com' }, 'api-1');
  const other = puppet.start({ owner: 'bob@example.com' }, 'api-1');

  await expect(other).rejects.toMatchObject({
    name: 'DurableExecutionAlreadyStartedException',
    $metadata: { httpStatusCode: 409 },
  });
  expect(again).toBe(first);
});

test('keeps a name after its run has ended', async () => {
  await using puppet = await startPuppet(bundle);
  const first = await puppet.start({}, 'event-1');
  (await puppet.invocation()).answer({ Status: 'SUCCEEDED' });
  await puppet.ended(first);

  expect(await puppet.start({}, 'event-1')).toBe(first);
});

test.each([
  ['name and alias', { FunctionName: 'run:live' }],
  ['name and qualifier', { FunctionName: 'run', Qualifier: 'live' }],
  ['name and version', { FunctionName: 'run:1' }],
  ['ARN', { FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:run:live' }],
  ['ARN and qualifier', { FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:run', Qualifier: 'live' }],
  ['partial ARN', { FunctionName: '000000000000:function:run:live' }],
])('invokes a function by %s', async (_, reference) => {
  await using puppet = await startPuppet(bundle);

  const started = await puppet.client.send(new InvokeCommand({ ...reference, InvocationType: 'Event' }));

  expect(started).toMatchObject({ StatusCode: 202, ExecutedVersion: '1' });
  expect(started.DurableExecutionArn).toContain('function:run:1/durable-execution/');
});

test.each<[string, Partial<InvokeCommandInput>, string, number]>([
  ['a durable function without a version or alias', { FunctionName: 'run' }, 'InvalidParameterValueException', 400],
  ['a function that is not there', { FunctionName: 'walk:live' }, 'ResourceNotFoundException', 404],
  ['an alias that is not there', { FunctionName: 'run:beta' }, 'ResourceNotFoundException', 404],
  ['two qualifiers', { FunctionName: 'run:1', Qualifier: 'live' }, 'InvalidParameterValueException', 400],
  ['a name with a colon', { DurableExecutionName: 'api:1' }, 'ValidationException', 400],
  ['a name of 65 characters', { DurableExecutionName: 'a'.repeat(65) }, 'ValidationException', 400],
  ['a payload that is not JSON', { Payload: '{' }, 'InvalidRequestContentException', 400],
  ['a payload over 256 KB', { Payload: `"${'x'.repeat(256 * 1024)}"` }, 'RequestTooLargeException', 413],
  ['a dry run', { InvocationType: 'DryRun' }, 'ValidationException', 400],
  ['a synchronous invocation', { InvocationType: 'RequestResponse' }, 'ValidationException', 400],
])('refuses %s', async (_, input, name, httpStatusCode) => {
  await using puppet = await startPuppet(bundle);

  const refused = puppet.client.send(
    new InvokeCommand({ FunctionName: 'run:live', InvocationType: 'Event', ...input }),
  );

  await expect(refused).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
});

test('keeps at most eight processes of a function, and makes the next invocation wait for one', async () => {
  await using puppet = await startPuppet(bundle);
  for (let run = 1; run <= 9; run += 1) await puppet.start({}, `api-${run}`);
  const [first] = await Promise.all(Array.from({ length: 8 }, () => puppet.invocation()));

  const before = puppet.workers().length;
  first?.answer({ Status: 'SUCCEEDED' });
  const ninth = await puppet.invocation();

  expect(nameOf(ninth.event.DurableExecutionArn)).toBe('api-9');
  expect([before, puppet.workers().length]).toEqual([8, 8]);
});

test('lists runs newest first, by exact name, by status and by page', async () => {
  await using puppet = await startPuppet(bundle);
  const done = await puppet.start({}, 'api-1');
  (await puppet.invocation()).answer({ Status: 'SUCCEEDED' });
  await puppet.ended(done);
  await puppet.start({}, 'api-11');
  await puppet.start({}, 'api-2');
  const list = async (query: object) => {
    const command = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'run', ...query });
    const { DurableExecutions = [], NextMarker } = await puppet.client.send(command);
    return { names: DurableExecutions.map(({ DurableExecutionArn = '' }) => nameOf(DurableExecutionArn)), NextMarker };
  };

  const firstPage = await list({ MaxItems: 2 });

  expect((await list({})).names).toEqual(['api-2', 'api-11', 'api-1']);
  expect((await list({ ReverseOrder: true })).names).toEqual(['api-1', 'api-11', 'api-2']);
  expect((await list({ DurableExecutionName: 'api-1' })).names).toEqual(['api-1']);
  expect((await list({ StartedAfter: new Date(Date.now() - 3_600_000) })).names).toEqual(['api-2', 'api-11', 'api-1']);
  expect((await list({ StartedAfter: new Date(Date.now() + 3_600_000) })).names).toEqual([]);
  expect((await list({ Statuses: ['RUNNING'] })).names).toEqual(['api-2', 'api-11']);
  expect((await list({ Statuses: ['RUNNING', 'SUCCEEDED'] })).names).toEqual(['api-2', 'api-11', 'api-1']);
  expect(firstPage.names).toEqual(['api-2', 'api-11']);
  expect(await list({ MaxItems: 2, Marker: firstPage.NextMarker })).toEqual({
    names: ['api-1'],
    NextMarker: undefined,
  });
});

test.each([
  ['an alias', { Qualifier: 'live' }, 'Qualifier must be a version'],
  ['a name beside a version', { Qualifier: '1', DurableExecutionName: 'api-1' }, 'together with DurableExecutionName'],
  ['a filter that is not emulated', { StartedBefore: new Date() }, 'StartedBefore is not part of this emulator'],
])('refuses to list by %s', async (_, query, message) => {
  await using puppet = await startPuppet(bundle);

  const refused = puppet.client.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: 'run', ...query }));

  await expect(refused).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringContaining(message),
  });
});

test('lists by version', async () => {
  await using puppet = await startPuppet(bundle);
  const arn = await puppet.start({});

  const command = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'run', Qualifier: '1' });

  expect((await puppet.client.send(command)).DurableExecutions).toMatchObject([{ DurableExecutionArn: arn }]);
});

test('can delay the listing of a run after its start', async () => {
  await using puppet = await startPuppet(bundle);
  puppet.settings.listingLagMs = 3_600_000;
  await puppet.start({});
  const list = async () =>
    (await puppet.client.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: 'run' }))).DurableExecutions;

  expect(await list()).toEqual([]);
  puppet.settings.listingLagMs = 0;

  expect(await list()).toHaveLength(1);
});

test.each(['PAUSING', 'PAUSED', 'DELETING'] as const)(
  'keeps a run %s until it is resumed or stopped',
  async (status) => {
    await using puppet = await startPuppet(bundle);
    const DurableExecutionArn = await puppet.start({});
    const { event, answer } = await puppet.invocation();
    await puppet.checkpoint(event, event.CheckpointToken, [
      { Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 1 } },
    ]);

    puppet.hold(DurableExecutionArn, status);
    answer({ Status: 'PENDING' });

    expect(await puppet.get(DurableExecutionArn)).toMatchObject({ Status: status });
    puppet.hold(DurableExecutionArn, undefined);
    expect((await puppet.invocation()).event.UpdatedOperationIds).toEqual(['w']);
    puppet.hold(DurableExecutionArn, status);
    await puppet.client.send(new StopDurableExecutionCommand({ DurableExecutionArn }));
    expect(await puppet.get(DurableExecutionArn)).toMatchObject({ Status: 'STOPPED' });
  },
);

test('reads a run with its input and result, or without them', async () => {
  await using puppet = await startPuppet(bundle);
  const DurableExecutionArn = await puppet.start({ all: true }, 'schedule-nightly');
  const running = await puppet.get(DurableExecutionArn);
  (await puppet.invocation()).answer({ Status: 'SUCCEEDED', Result: '{"total":3}' });
  const ended = await puppet.ended(DurableExecutionArn);
  const bare = await puppet.client.send(
    new GetDurableExecutionCommand({ DurableExecutionArn, IncludeExecutionData: false }),
  );

  expect(running).toMatchObject({
    DurableExecutionArn,
    DurableExecutionName: 'schedule-nightly',
    FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:run:1',
    Status: 'RUNNING',
    Version: '1',
    InputPayload: '{"all":true}',
    StartTimestamp: expect.any(Date),
  });
  expect(running.EndTimestamp).toBeUndefined();
  expect(ended).toMatchObject({ Status: 'SUCCEEDED', Result: '{"total":3}', EndTimestamp: expect.any(Date) });
  expect(bare.InputPayload ?? bare.Result).toBeUndefined();
});

test('answers that a run is unknown if it was never started', async () => {
  await using puppet = await startPuppet(bundle);
  const arn = await puppet.start({}, 'api-1');

  const unknown = puppet.get(arn.replace('api-1', 'api-2'));

  await expect(unknown).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
  });
});

test.each([
  ['another host', { host: 'attacker.example.com' }],
  ['an origin', { origin: 'http://127.0.0.1:3000' }],
])('refuses a request with %s', async (_, headers) => {
  await using puppet = await startPuppet(bundle);

  const sent = request(`${puppet.url}/2025-12-01/functions/run/durable-executions`, { headers }).end();
  const [response] = await once(sent, 'response');
  response.resume();

  expect(response.statusCode).toBe(403);
});
