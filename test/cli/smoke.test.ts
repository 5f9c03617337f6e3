import { startJsonServer } from '../support/api-double.ts';
import { AwsError, describeStacks, startAws } from '../support/aws-double.ts';
import { runCli } from '../support/cli.ts';
import { createQueue } from '../support/queue-double.ts';
import { startS3 } from '../support/s3-double.ts';

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

type Options = {
  readonly ceiling?: number;
  readonly eventStatuses?: readonly string[];
  readonly mayPutEvents?: boolean;
  /** What Lambda lists without a qualifier. @default every run that was started */
  readonly listed?: readonly string[];
  readonly lockedDays?: number;
  readonly isConfirmed?: boolean;
  /** Before the logout. @default 'authorized' */
  readonly state?: string;
  /** What the function of the schedules answers. */
  readonly fired?: object;
  readonly stopped?: string;
  readonly outputs?: Readonly<Record<string, string>>;
};

const vaultRetention = 'COMPLIANCE, 2562 days';

/** A deployment whose drill leaves a message in the queue, which already holds those of others. */
const setUp = async (options: Options = {}) => {
  const { ceiling = 500, eventStatuses = ['SUCCEEDED'], mayPutEvents = true, listed, isConfirmed = true } = options;
  const {
    lockedDays = 2_562,
    fired = { run: 'schedule-1' },
    stopped = 'STOPPED',
    outputs = {},
    state = 'authorized',
  } = options;
  const sentAt = new Date(startedAt);
  const queue = createQueue([{ id: 'of-others', body: JSON.stringify({ reason: 'smoke test' }), sentAt }]);
  const statuses = [...eventStatuses];
  const started: string[] = [];
  const vault = await startS3([], lockedDays);
  let eventId: string | undefined;
  let record = '';
  const events = () => (eventId ? [{ id: 'event-1', source: 'offboarding', status: 'RUNNING', startedAt }] : []);
  const runs = () => started.map((id) => ({ id, source: 'api', status: 'SUCCEEDED', startedAt }));

  const logOut = (body: object) => {
    const requestedAt = new Date().toISOString();
    const outcome = { kind: isConfirmed ? 'logged-out' : 'unconfirmed', confirmed: isConfirmed };
    const fields = { message: 'evidence', idInstance: '1101000001', requestedAt, requestedBy: 'somebody', outcome };
    record = JSON.stringify({ ...fields, ...body });
    vault.objects.set(`/vault/evidence/day=${requestedAt.slice(0, 10)}/1.jsonl`, `${record}\n`);
    return { confirmed: isConfirmed, confirmedAt: startedAt, readings: 2, stateInstance: 'notAuthorized' };
  };
  const startRun = (body: { readonly maxTargets?: number; readonly at?: string }) => {
    if ((body.maxTargets ?? 0) > ceiling) return overCeiling;
    queue.put({ id: 'of-this-test', body: JSON.stringify(body), sentAt });
    const id = body.at === undefined ? `api-${started.length + 1}` : 'api-stop';
    started.push(id);
    return { status: 202, body: { id, status: 'RUNNING' } };
  };
  const readRun = (id: string) => {
    if (id === 'event-1') return run(id, statuses.shift() ?? 'SUCCEEDED', `com.example.smoke ${eventId}`);
    return run(id, id === 'api-stop' ? stopped : 'SUCCEEDED', 'somebody');
  };
  const routes: readonly (readonly [RegExp, (id: string, body: object) => { status?: number; body: unknown }])[] = [
    [/^GET \/instances$/, () => ({ body: { instances } })],
    [/^GET \/instances\/\d+\/state$/, () => ({ body: { stateInstance: state, readAt: startedAt } })],
    [/^POST \/instances\/1101000001\/logout$/, (_, body) => ({ body: logOut(body) })],
    [/^GET \/forced-logouts$/, () => ({ body: { runs: [...events(), ...runs()] } })],
    [/^POST \/forced-logouts$/, (_, body) => startRun(body)],
    [/^GET \/forced-logouts\/(.+)$/, (id) => ({ body: readRun(id) })],
    [/^DELETE \/forced-logouts\/(.+)$/, (id) => ({ status: 202, body: { id, status: stopped } })],
  ];
  const api = await startJsonServer(({ method, path, body }) => {
    for (const [pattern, answer] of routes) {
      const found = pattern.exec(`${method} ${path}`);
      if (found !== null) return answer(found[1] ?? '', (body ?? {}) as object);
    }
    return { status: 404, body: { message: 'Not Found' } };
  });
  const lambda = await startJsonServer(({ path }) => {
    if (path.endsWith('/invocations')) return { body: fired };
    const names = listed ?? started;
    return { body: { DurableExecutions: names.map((name) => ({ DurableExecutionName: name })) } };
  });
  const aws: Awaited<ReturnType<typeof startAws>> = await startAws({
    ...queue.answers,
    DescribeStacks: () =>
      describeStacks({
        Endpoint: api.url,
        EventBus: 'bus',
        RunDeadLetters: `${aws.url}/1/dead-letters`,
        RunFunction: 'run',
        ScheduleFunction: 'schedule',
        EvidenceLogGroup: 'evidence',
        EvidenceVault: 'vault',
        EvidenceVaultRetention: vaultRetention,
        ...outputs,
      })(),
    FilterLogEvents: () => ({ events: [{ message: record }] }),
    PutEvents: ({ Entries }) => {
      if (!mayPutEvents) throw new AwsError('AccessDeniedException');
      const [entry] = Entries as readonly { readonly Detail: string }[];
      eventId = JSON.parse(entry?.Detail ?? '').id;
      return { Entries: [{ EventId: '1' }], FailedEntryCount: 0 };
    },
  });
  const env = { ...aws.env, AWS_ENDPOINT_URL_LAMBDA: lambda.url, AWS_ENDPOINT_URL_S3: vault.url };
  const smoke = (...args: readonly string[]) => runCli(['smoke', '--stack', 'green-api-logout', ...args], { env });
  return {
    api,
    queue,
    smoke,
    /** The result of each step but `doctor`, whose calls nothing answers here. */
    resultsOf: async (...args: readonly string[]) => {
      const lines = (await smoke('--json', '--instance', '1101000001', '--yes', ...args)).stdout.trim().split('\n');
      const steps = lines.map((line): { step?: string; result: string; seen: string } => JSON.parse(line));
      return Object.fromEntries(
        steps.flatMap(({ step = 'doctor', result, seen }) => (step === 'doctor' ? [] : [[step, { result, seen }]])),
      );
    },
    [Symbol.asyncDispose]: async () => {
      for (const server of [aws, api, lambda, vault]) await server[Symbol.asyncDispose]();
    },
  };
};

const noProviders = { result: 'not-tried', seen: 'none is configured' };
const tried = { result: 'ok', seen: expect.any(String) };

test('a deployment with everything is tried from the list to the vault', async () => {
  await using setup = await setUp();

  const results = await setup.resultsOf('--configuration', 'test/support/browser/schedules.json');

  expect(results).toEqual({
    'list of instances': { result: 'ok', seen: '3 instances, 1 of them protected' },
    'drill over every instance': tried,
    'logout of the test instance': {
      result: 'ok',
      seen: `1101000001 was linked (authorized); confirmed at ${startedAt}, by 2 readings in a row`,
    },
    'run over the test instance': tried,
    'stop of a drill that waits': { result: 'ok', seen: 'run api-stop: STOPPED' },
    'offboarding event as a dry run': tried,
    'identity providers': noProviders,
    'targets of the schedules': expect.anything(),
    'what a schedule calls': tried,
    evidence: { result: 'ok', seen: expect.stringMatching(/^logged-out of 1101000001, requested by somebody at /) },
    'evidence vault': { result: 'ok', seen: expect.stringContaining('as the vault promises') },
    'list of runs': { result: 'ok', seen: "GET /forced-logouts and Lambda's own list have all 3" },
    'clean up': { result: 'ok', seen: expect.stringMatching(/^\d messages were removed$/) },
  });
});

test.each<[string, Options, string, string]>([
  ['does not confirm a logout', { isConfirmed: false }, 'logout of the test instance', 'not confirmed'],
  ['keeps evidence of a logout that is not confirmed', { isConfirmed: false }, 'evidence', 'unconfirmed of 1101000001'],
  ['does not stop a run', { stopped: 'RUNNING' }, 'stop of a drill that waits', 'RUNNING'],
  ['lists executions of $LATEST only', { listed: ['api-1'] }, 'list of runs', 'without a qualifier has no api-'],
  ['has a vault with another retention', { lockedDays: 30 }, 'evidence vault', 'but the vault promises'],
  ['has a vault without Object Lock', { lockedDays: 0 }, 'evidence vault', 'no Object Lock'],
  [
    'has a function for schedules that starts nothing',
    { fired: { errorType: 'InvalidRequest', errorMessage: 'input must be …' } },
    'what a schedule calls',
    'the function started no run',
  ],
  ['refuses events', { mayPutEvents: false }, 'offboarding event as a dry run', 'AccessDeniedException'],
])('a deployment that %s fails in one step', async (_name, options, step, seen) => {
  await using setup = await setUp(options);

  const results = await setup.resultsOf();

  expect(results[step]).toEqual({ result: 'failed', seen: expect.stringContaining(seen) });
});

test('without a vault and a test instance the steps about them are not called passed', async () => {
  await using setup = await setUp({ outputs: { EvidenceVault: '' } });

  const { stdout } = await setup.smoke();

  expect(stdout).toContain('because:  no test instance was named with --instance\n-- not tried');
  expect(stdout).toContain('because:  the stack has no evidence vault\n-- not tried');
  expect(stdout).toMatch(/ Not tried: logout of the test instance, .*evidence vault\.\n$/);
});

test.each([
  ['an id that is none', ['--instance', 'john'], 'Instance 1 is not an idInstance'],
  ['nobody to ask', ['--instance', '1101000001'], 'there is no terminal. Add --yes.'],
])('%s is refused before anything is done', async (_name, args, message) => {
  await using setup = await setUp();

  const { code, stdout, stderr } = await setup.smoke(...args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('a test instance that was logged out before shows no logout, and is not called passed', async () => {
  await using setup = await setUp({ state: 'notAuthorized' });

  const results = await setup.resultsOf();

  expect(results['logout of the test instance']).toEqual({
    result: 'not-tried',
    seen: expect.stringMatching(
      /^1101000001 was logged out \(notAuthorized\); confirmed at .* Link it to see a logout$/,
    ),
  });
  expect(results.evidence).toEqual(tried);
});

test.each([
  ['protected', '1101000002', 'is protected, so a run skips it'],
  ['unknown', '77', 'no instance has the id 77'],
])('a test instance that is %s is not logged out', async (_name, id, seen) => {
  await using setup = await setUp();

  const { stdout } = await setup.smoke('--instance', id, '--yes');

  expect(stdout).toContain(seen);
  expect(setup.api.received.filter(({ path }) => path.endsWith('/logout'))).toEqual([]);
});

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
    `seen:     2 instances are more than this deployment allows in one run. Drill each group: green-api-logout run --group GROUP --dry-run --reason drill --follow --stack green-api-logout\n-- failed`,
  );
});

test('only the messages of this very test are removed', async () => {
  await using setup = await setUp();

  const { stdout } = await setup.smoke();

  expect(stdout).toContain('seen:     1 messages were removed');
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
  expect(stdout).toContain(`seen:     SQS: AccessDenied. Allow your AWS identity sqs:${operation}.\n-- failed`);
  expect(setup.queue.ids()).toEqual(['of-others']);
});

test('the run of the event is followed through statuses that AWS may add', async () => {
  await using setup = await setUp({ eventStatuses: ['RETRYING', 'SUCCEEDED'] });

  const { stdout } = await setup.smoke();

  expect(stdout).toMatch(/started run event-1, which is SUCCEEDED\n-- ok/);
});
