import { startJsonServer } from '../support/api-double.ts';
import { AwsError, describeStacks, startAws } from '../support/aws-double.ts';
import { runCli } from '../support/cli.ts';
import { createQueue } from '../support/queue-double.ts';

const startedAt = '2026-11-24T12:00:00.000Z';

const run = (id: string, status: string, requestedBy: string) => ({
  id,
  status,
  reason: 'smoke test',
  requestedBy,
  startedAt,
  progress: { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0 },
  outcomes: [],
});

const instances = [
  { idInstance: '1101000001', protected: false },
  { idInstance: '1101000002', protected: true },
  { idInstance: '1101000003', protected: false },
];

const overCeiling = {
  status: 400,
  body: {
    code: 'invalid-request',
    title: 'The request is invalid',
    detail: 'maxTargets must be at most 1, the ceiling of this deployment',
    field: 'maxTargets',
  },
};

/** A deployment whose drill leaves a message in the queue, which already holds those of others. */
const setUp = async ({ ceiling = 500, eventStatuses = ['SUCCEEDED'], mayPutEvents = true } = {}) => {
  const sentAt = new Date(startedAt);
  const queue = createQueue([{ id: 'of-others', body: JSON.stringify({ reason: 'smoke test' }), sentAt }]);
  const statuses = [...eventStatuses];
  let eventId: string | undefined;
  const listed = () => (eventId ? [{ id: 'event-1', source: 'offboarding', status: 'RUNNING', startedAt }] : []);
  const api = await startJsonServer(({ method, path, body }) => {
    if (path === '/instances') return { body: { instances } };
    if (path === '/forced-logouts/api-1') return { body: run('api-1', 'SUCCEEDED', 'somebody') };
    if (path === '/forced-logouts/event-1')
      return { body: run('event-1', statuses.shift() ?? 'SUCCEEDED', `com.example.smoke ${eventId}`) };
    if (path !== '/forced-logouts') return { status: 404, body: { message: 'Not Found' } };
    if (method === 'GET') return { body: { runs: listed() } };
    if ((body as { readonly maxTargets: number }).maxTargets > ceiling) return overCeiling;
    queue.put({ id: 'of-this-test', body: JSON.stringify(body), sentAt });
    return { status: 202, body: { id: 'api-1', status: 'RUNNING' } };
  });
  const aws: Awaited<ReturnType<typeof startAws>> = await startAws({
    ...queue.answers,
    DescribeStacks: () =>
      describeStacks({ Endpoint: api.url, EventBus: 'bus', RunDeadLetters: `${aws.url}/1/dead-letters` })(),
    PutEvents: ({ Entries }) => {
      if (!mayPutEvents) throw new AwsError('AccessDeniedException');
      const [entry] = Entries as readonly { readonly Detail: string }[];
      eventId = JSON.parse(entry?.Detail ?? '').id;
      return { Entries: [{ EventId: '1' }], FailedEntryCount: 0 };
    },
  });
  return {
    api,
    queue,
    smoke: () => runCli(['smoke', '--stack', 'green-api-logout'], { env: aws.env }),
    [Symbol.asyncDispose]: async () => {
      await aws[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
};

test('the drill does not count protected instances', async () => {
  await using setup = await setUp({ ceiling: 2 });

  const { stdout } = await setup.smoke();

  expect(stdout).toMatch(/== drill over every instance\n(?:.*\n)*?-- ok\n/);
  expect(setup.api.received.find(({ method }) => method === 'POST')?.body).toMatchObject({ maxTargets: 2 });
});

test('a drill above the ceiling of the deployment says what to do', async () => {
  await using setup = await setUp({ ceiling: 1 });

  const { code, stdout } = await setup.smoke();

  expect(code).toBe(1);
  expect(stdout).toContain(
    `-- failed: 2 instances are more than this deployment allows in one run. Raise runs.maxTargetsCeiling and deploy, or drill each group:
green-api-logout run --group <name> --dry-run --reason drill --follow --stack green-api-logout\n`,
  );
});

test('only the messages of this very test are removed', async () => {
  await using setup = await setUp();

  const { stdout } = await setup.smoke();

  expect(stdout).toContain('1 messages of this test were removed from the dead-letter queue');
  expect([setup.queue.ids(), setup.queue.hiddenIds()]).toEqual([['of-others'], []]);
});

test.each([
  ['a later message cannot be received', 'ReceiveMessage', 1],
  ['a message cannot be deleted', 'DeleteMessage', 0],
] as const)('the messages of others go back although %s', async (_name, operation, granted) => {
  await using setup = await setUp();
  setup.queue.grant(operation, granted);

  const { code, stdout } = await setup.smoke();

  expect(code).toBe(1);
  expect(stdout).toContain(`-- failed: SQS: AccessDenied. Allow your AWS identity sqs:${operation}.`);
  expect(setup.queue.ids()).toEqual(['of-others']);
});

test('the run of the event is followed through statuses that AWS may add', async () => {
  await using setup = await setUp({ eventStatuses: ['RETRYING', 'SUCCEEDED'] });

  const { stdout } = await setup.smoke();

  expect(stdout).toMatch(/started run event-1, which is SUCCEEDED\n-- ok/);
});

test('a bus that refuses the caller is named', async () => {
  await using setup = await setUp({ mayPutEvents: false });

  const { stdout } = await setup.smoke();

  expect(stdout).toContain('-- failed: EventBridge: AccessDeniedException. Allow your AWS identity events:PutEvents.');
});
