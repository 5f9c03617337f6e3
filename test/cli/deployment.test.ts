import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { startJsonServer } from '../support/api-double.ts';
import { AwsError, callerIdentity, describeStacks, startAws } from '../support/aws-double.ts';
import { runCli } from '../support/cli.ts';

const instances = [
  { idInstance: '1101000001', owner: 'john.doe@example.com', group: 'sales', protected: false },
  { idInstance: '1101000002', owner: 'john.doe@example.com', protected: true },
  { idInstance: '1101000003', protected: false },
];

const readAt = '2026-11-24T12:00:00.000Z';
const problem = {
  title: 'The token is wrong',
  detail: 'GREEN-API answered HTTP 401. Put the right token into the secret.',
  code: 'credential-rejected',
};

/** An API with three instances in two pages; the token of the last one is wrong. */
const startApi = () =>
  startJsonServer(({ method, path, query }) => {
    const [, id] = /^\/instances\/(\d+)\//.exec(path) ?? [];
    if (path === '/instances')
      return query.next
        ? { body: { instances: instances.slice(2) } }
        : { body: { instances: instances.slice(0, 2), ...(!query.owner && { next: 'page-2' }) } };
    if (id === '1101000003') return { status: 502, body: problem };
    if (method === 'GET') return { body: { idInstance: id, stateInstance: 'authorized', readAt } };
    return { body: { idInstance: id, isLogout: true, confirmed: true, stateInstance: 'notAuthorized' } };
  });

test('instances reads every page', async () => {
  await using api = await startApi();

  const { stdout } = await runCli(['instances', '--url', api.url, '--json']);

  expect(JSON.parse(stdout)).toEqual({ instances });
});

test.each([
  ['instances', { instances: [], next: 'page-2' }],
  ['runs', { runs: [], next: 'page-2' }],
])('%s: a page that names itself as the next one is an error', async (command, body) => {
  await using api = await startJsonServer(() => ({ body }));

  const { code, stderr } = await runCli([command, '--url', api.url]);

  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('The API repeats a page of the list') });
  expect(api.received).toHaveLength(2);
});

test.each(['show', 'stop', 'retry'])('%s with the end of an id, where no run exists, says so', async (command) => {
  await using api = await startJsonServer(() => ({ body: { runs: [] } }));

  const { code, stderr } = await runCli([command, '878ee8d0', '--url', api.url]);

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('There is no run yet, so none ends in'),
  });
});

const unreadable = { names: ['green-api/410012345678-old'], count: 25 };
const notUnderstood =
  '25 secrets among those of the instances are not understood: green-api/410012345678-old, 24 more (name each';

test('a person with a secret that is not understood is no success, although every instance is logged out', async () => {
  await using api = await startJsonServer(({ path }) => ({
    body: path === '/instances' ? { instances: instances.slice(0, 1), unreadable } : { confirmed: true },
  }));

  const logout = await runCli(['logout', '--owner', 'john.doe@example.com', '--yes', '--url', api.url]);
  const list = await runCli(['instances', '--json', '--url', api.url]);

  expect(logout).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('1101000001  logged out, confirmed'),
    stderr: expect.stringContaining(notUnderstood),
  });
  expect(JSON.parse(list.stdout)).toEqual({ instances: instances.slice(0, 1), unreadable });
  expect(list.stderr).toContain(notUnderstood);
});

test('a person who has nothing but a secret that is not understood is told so', async () => {
  await using api = await startJsonServer(() => ({ body: { instances: [], unreadable } }));

  const { code, stderr } = await runCli(['logout', '--owner', 'john.doe@example.com', '--yes', '--url', api.url]);

  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(notUnderstood) });
});

const atGreenApi = (idInstance: number, more = {}) => ({
  idInstance,
  name: 'Phone of John Doe',
  apiTokenInstance: 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345',
  deleted: false,
  ...more,
});

test('reconcile --instances finds what is not enrolled, and shows nothing of the answer of getInstances but ids', async () => {
  await using api = await startJsonServer(({ path }) => {
    if (path === '/instances') return { body: { instances } };
    if (path.includes('410012345678'))
      return { body: { idInstance: '410012345678', stateInstance: 'authorized', readAt } };
    return {
      status: 404,
      body: { title: 'Unknown instance', detail: 'There is no secret.', code: 'unknown-instance' },
    };
  });
  const listed = [1_101_000_001, 1_101_000_009, 410_012_345_678].map((id) => atGreenApi(id));
  const file = JSON.stringify([
    ...listed,
    atGreenApi(1_101_000_002, { deleted: true }),
    atGreenApi(1_101_000_007, { deleted: true }),
  ]);
  const reconcile = (input: string, ...more: readonly string[]) =>
    runCli(['reconcile', '--instances', '-', '--url', api.url, ...more], { input });

  const { code, stdout, stderr } = await reconcile(file);
  const asJson = await reconcile(file, '--json');
  const equal = await reconcile('1101000001\n1101000002\r\n\r\n1101000003\n');

  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toMatch(
    /^1 instance is not enrolled\. .+\n\n1101000009\n\nEnrol each: green-api-logout enroll 1101000009 --owner ADDRESS --url \S+\n\n1 instance with a secret is in no list.+\n\n410012345678\n\n1 instance with a secret is deleted at GREEN-API.+\n\nINSTANCE .+\n1101000002 .+\n\n1 secret without an instance in the file.+\n\nINSTANCE .*\n1101000003\n$/,
  );
  expect(stdout + asJson.stdout).not.toMatch(/d75b3|Phone of|1101000007/);
  expect(JSON.parse(asJson.stdout)).toEqual({
    notEnrolled: ['1101000009'],
    unlisted: ['410012345678'],
    deleted: [instances[1]],
    withoutInstance: [instances[2]],
  });
  expect(equal).toMatchObject({
    code: 0,
    stdout: 'Every instance in the file is enrolled, and every secret has its instance.\n',
  });
});

test('state shows each, says what is wrong with one, and then fails', async () => {
  await using api = await startApi();

  const { code, stdout } = await runCli(['state', '1101000001', '1101000003', '--url', api.url]);

  expect(code).toBe(1);
  expect(stdout).toMatch(/^1101000001 +linked \(authorized\) +2026-11-24T12:00:00\.000Z$/m);
  expect(stdout).toMatch(/^1101000003 +not read +The token is wrong\. .+ \[credential-rejected\]$/m);
});

test('logout --owner shows the instances of a person with their live state, and asks for confirmation', async () => {
  await using api = await startApi();

  const args = [
    'logout',
    '--owner',
    'john.doe@example.com',
    '--reason',
    'phone lost',
    '--rotate-token',
    '--url',
    api.url,
  ];
  const unconfirmed = await runCli(args);
  const done = await runCli([...args, '--yes']);

  expect(unconfirmed.code).toBe(2);
  expect(unconfirmed.stderr).toMatch(/^1101000002 +protected +linked \(authorized\)$/m);
  expect(unconfirmed.stderr).toContain('Log out 2 instances');
  expect({ code: done.code, lines: done.stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 2 });
  // They are sent at once.
  const sent = api.received.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body]);
  expect(sent.toSorted()).toEqual([
    ['/instances/1101000001/logout', { reason: 'phone lost', rotateToken: true }],
    ['/instances/1101000002/logout', { reason: 'phone lost', rotateToken: true }],
  ]);
});

test('a confirmed logout whose token could not be changed is distinguished from an unconfirmed one', async () => {
  const lost = { title: 'The token is lost', detail: 'Fetch it in the console.', code: 'token-lost', confirmed: true };
  await using api = await startJsonServer(({ path }) =>
    path.includes('1101000001')
      ? { status: 502, body: lost }
      : {
          body: {
            confirmed: true,
            confirmedAt: readAt,
            readings: 2,
            queue: { cleared: true },
            token: { rotated: true },
          },
        },
  );

  const { code, stdout } = await runCli(['logout', '1101000001', '1101000002', '--yes', '--url', api.url]);

  expect(code).toBe(1);
  expect(stdout).toMatch(/^1101000001 {2}logged out and confirmed, but: The token is lost\. .+ \[token-lost\]$/m);
  expect(stdout).toMatch(
    /^1101000002 {2}logged out, confirmed at \S+, by 2 readings in a row, queue cleared, token rotated$/m,
  );
});

test('a person without an instance is a failure that says where to look', async () => {
  await using api = await startJsonServer(() => ({ body: { instances: [] } }));

  const { code, stderr } = await runCli(['logout', '--owner', 'nobody@example.com', '--yes', '--url', api.url]);

  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('No instance has this owner') });
});

test('runs lists them, the newest first, up to the limit', async () => {
  const run = (id: string) => ({ id, source: 'api', status: 'RUNNING', startedAt: readAt });
  await using api = await startJsonServer(({ query }) => ({
    body: query.next ? { runs: [run('api-3'), run('api-4')] } : { runs: [run('api-1'), run('api-2')], next: 'more' },
  }));

  const { stdout } = await runCli(['runs', '--status', 'running', '--limit', '3', '--url', api.url]);

  expect(stdout.match(/^api-\d/gm)).toEqual(['api-1', 'api-2', 'api-3']);
  expect(api.received[0]?.query).toEqual({ status: 'RUNNING' });
});

test('show and stop take the id of a watch too', async () => {
  const id = `watch-${'0'.repeat(40)}`;
  const watch = {
    id,
    status: 'RUNNING',
    run: `api-${'0'.repeat(40)}`,
    startedAt: readAt,
    until: '2026-12-01T12:00:00.000Z',
    progress: { total: 2, linkedAgain: 1, released: 0, unread: 0 },
    outcomes: [
      { idInstance: '1101000001', kind: 'linked-again', at: readAt },
      { idInstance: '1101000002', kind: 'watching' },
    ],
  };
  await using api = await startJsonServer(({ method }) =>
    method === 'DELETE' ? { status: 202, body: { id, status: 'STOPPED' } } : { body: watch },
  );

  const shown = await runCli(['show', id, '--url', api.url]);
  const followed = await runCli(['show', id, '--follow', '--url', api.url]);
  const stopped = await runCli(['stop', id, '--yes', '--url', api.url]);

  expect(shown.code).toBe(1);
  expect(shown.stdout).toMatch(/^progress +1 of 2 linked again, 0 released, 0 not read by the newest poll$/m);
  expect(shown.stdout).toMatch(/^1101000001 +linked-again +2026-11-24T12:00:00\.000Z$/m);
  expect(followed).toMatchObject({ code: 2, stderr: expect.stringContaining('without --follow') });
  expect(stopped).toMatchObject({ code: 0, stdout: expect.stringMatching(/^STOPPED/) });
  expect(api.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `GET /watches/${id}`,
    `GET /watches/${id}`,
    `DELETE /watches/${id}`,
  ]);
});

describe('stop --provider', () => {
  const digest = '0'.repeat(40);
  const later = '2099-01-01T00:00:00.000Z';
  const progress = { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0 };
  const runOf = (id: string, requestedBy: string, at: string | undefined = later) => ({
    id,
    status: 'RUNNING',
    source: 'offboarding',
    startedAt: readAt,
    reason: 'x',
    requestedBy,
    request: { target: { owner: `${id.slice(-4)}@example.com` }, ...(at !== undefined && { at }) },
    progress,
    outcomes: [],
  });
  const waiting = [
    runOf(`event-hr_${digest}`, 'webhook hr hr-1'),
    // Names of version 0.2, with and without the identity provider.
    runOf(`event-hr-${digest}`, 'webhook hr hr-2'),
    runOf(`event-${digest}`, 'webhook hr hr-3'),
  ];
  const others = [
    runOf(`event-hr-${digest.replace('0', '1')}`, 'webhook hr hr-4', '2026-01-01T00:00:00.000Z'),
    runOf(`event-hr-x_${digest}`, 'webhook hr-x hr-5'),
    runOf(`event-${digest.replace('0', '2')}`, 'com.example.hr hr-6'),
    // An event whose source and id are these words.
    runOf(`event-${digest.replace('0', '3')}`, 'webhook hr'),
    { ...runOf(`api-${digest}`, 'webhook hr hr-7'), source: 'api' },
  ];
  const startApi = (stop: { readonly status: number; readonly body: unknown }) =>
    startJsonServer(({ method, path, query }) => {
      const all = [...waiting, ...others];
      if (method === 'DELETE') return stop;
      if (path !== '/forced-logouts') return { body: all.find(({ id }) => path.endsWith(`/${id}`)) };
      const [page, next] = query.next === undefined ? [all.slice(0, 2), { next: '2' }] : [all.slice(2), {}];
      return { body: { runs: page, ...next } };
    });
  const stopped = { status: 202, body: { id: 'x', status: 'STOPPED' } };

  test('lists the runs of the identity provider that wait for a later date, and stops them and no others', async () => {
    await using api = await startApi(stopped);

    const { code, stdout, stderr } = await runCli(['stop', '--provider', 'hr', '--yes', '--url', api.url]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: '3 stopped, 0 not.\n' });
    for (const { id } of waiting) expect(stderr).toContain(`${id} `);
    expect(stderr).toContain(`0000@example.com`);
    const deleted = api.received.filter(({ method }) => method === 'DELETE').map(({ path }) => path.split('/')[2]);
    expect(deleted.toSorted()).toEqual(waiting.map(({ id }) => id).toSorted());
    expect(api.received[0]?.query).toEqual({ status: 'RUNNING' });
  });

  test('asks first', async () => {
    await using api = await startApi(stopped);

    const { code, stderr } = await runCli(['stop', '--provider', 'hr', '--url', api.url]);

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('Stop 3 runs? Their people stay logged in. Add --yes.'),
    });
    expect(api.received.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('says which it could not stop, and why', async () => {
    const problem = { title: 'Runs cannot be reached now', detail: 'Try again.', code: 'unavailable' };
    await using api = await startApi({ status: 503, body: problem });

    const { code, stdout, stderr } = await runCli(['stop', '--provider', 'hr', '--yes', '--url', api.url]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '0 stopped, 3 not.\n' });
    expect(stderr).toContain(`${waiting[0]?.id}: Runs cannot be reached now. Try again. [unavailable]`);
  });

  test('finds nothing for another identity provider', async () => {
    await using api = await startApi(stopped);

    const { code, stdout, stderr } = await runCli(['stop', '--provider', 'entra', '--json', '--url', api.url]);

    expect({ code, body: JSON.parse(stdout) }).toEqual({ code: 0, body: { stopped: [], failed: [] } });
    expect(stderr).toContain('There is nothing to stop.');
  });

  test.each([
    [['stop', `api-${digest}`, '--provider', 'hr'], 'not both'],
    [['stop', '--provider', 'HR'], 'Invalid --provider'],
    [['stop'], 'Invalid run id'],
  ])('%j is refused', async (args, message) => {
    expect(await runCli(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

test.each([
  ['run', ['run', '--all', '--reason', 'drill']],
  ['stop', ['stop', `api-${'0'.repeat(40)}`]],
  ['logout', ['logout', '1101000001']],
])('%s writes control characters of the service as escapes', async (_name, args) => {
  const text = '\u001b[2Jx';
  const progress = { total: 1, loggedOut: 0, failed: 0, skipped: 0, pending: 1 };
  const run = { id: text, status: text, reason: '', requestedBy: '', startedAt: readAt, progress, outcomes: [] };
  await using api = await startJsonServer(({ path }) =>
    path.endsWith('/logout') ? { body: { confirmed: true, confirmedAt: text } } : { body: run },
  );

  const { stdout, stderr } = await runCli([...args, '--yes', '--url', api.url]);

  expect(stdout).toContain('\\u{1b}[2Jx');
  expect(stdout + stderr).not.toContain('\u001b');
});

test('following a run that is unknown ends, and says so meanwhile', async () => {
  const unknown = { title: 'There is no such run', detail: 'Check its id.', code: 'unknown-run' };
  await using api = await startJsonServer(() => ({ status: 404, body: unknown }));

  const { code, stderr } = await runCli(['show', `api-${'0'.repeat(40)}`, '--follow', '--url', api.url]);

  const line = 'There is no such run. Check its id. [unknown-run]\n';
  expect({ code, stderr }).toEqual({ code: 1, stderr: line + line });
});

test('run sends its options, and shows how many instances they select', async () => {
  await using api = await startJsonServer(({ method }) =>
    method === 'POST' ? { status: 202, body: { id: 'api-1', status: 'RUNNING' } } : { body: { instances } },
  );
  const options = ['--max-targets', '20', '--at', '2099-11-30T17:00:00Z', '--watch-days', '7', '--clear-queue'];
  const args = ['run', '--group', 'sales', '--except', '1101000003', '--reason', 'phones stolen', '--url', api.url];

  const unconfirmed = await runCli([...args, ...options]);
  const dry = await runCli([...args, '--dry-run', '--json']);
  const started = await runCli([...args, ...options, '--rotate-token', '--yes']);

  expect(unconfirmed).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Log out 1 instance (1 protected one is skipped)'),
  });
  expect(dry).toMatchObject({ code: 0, stdout: '{"id":"api-1","status":"RUNNING"}\n' });
  expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining('green-api-logout show api-1 --follow') });
  const target = { target: { group: 'sales' }, reason: 'phones stolen', except: ['1101000003'] };
  expect(api.received.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
    { ...target, dryRun: true },
    { ...target, maxTargets: 20, at: '2099-11-30T17:00:00Z', clearQueue: true, rotateToken: true, watchDays: 7 },
  ]);
  for (const { method, headers } of api.received)
    if (method === 'POST') expect(headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
});

test('a run that would find nothing is not started', async () => {
  await using api = await startJsonServer(() => ({ body: { instances: [] } }));

  const { code, stderr } = await runCli(['run', '--group', 'nobody', '--reason', 'x', '--url', api.url]);

  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^No instance has the group nobody/) });
  expect(api.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
});

test('a run whose request got no answer says with which key it is repeated', async () => {
  await using broken = await startLoopbackServer((request) => void request.socket.destroy(), {});
  const args = ['run', '--all', '--reason', 'drill', '--yes', '--url', broken.url];

  const { code, stdout, stderr } = await runCli([...args, '--idempotency-key', 'INC-4711']);

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^The connection to .+ may still take effect.+ The run may have started: add --idempotency-key INC-4711 to repeat/,
  );
});

test.each([
  ['a gateway', 504, { message: 'Endpoint request timed out' }, 'The call may still take effect'],
  ['the API', 500, { title: 'Unexpected error', detail: 'See the log.', code: 'internal-error' }, 'See the log'],
])('a run that fails in %s says with which key it is repeated', async (_name, status, body, problem) => {
  await using api = await startJsonServer(() => ({ status, body }));
  const args = ['run', '--all', '--reason', 'drill', '--yes', '--idempotency-key', 'INC-4711', '--url', api.url];

  const { code, stderr } = await runCli(args);

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('--idempotency-key INC-4711 to repeat'),
  });
  expect(stderr).toContain(problem);
});

test('a redirect is not followed, and says what to check', async () => {
  await using api = await startJsonServer(() => ({ status: 302, body: '' }));

  const { code, stderr } = await runCli(['instances', '--url', api.url]);

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'HTTP 302. Check --url or --stack: redirects are not followed.\n',
  });
});

test('one instance without an answer does not keep the others from being logged out', async () => {
  await using api = await startLoopbackServer((request, response) => {
    if (request.url?.includes('1101000002')) request.socket.destroy();
    else response.end('{"confirmed":true,"stateInstance":"notAuthorized"}');
  }, {});

  const { code, stdout } = await runCli(['logout', '1101000001,1101000002,1101000003', '--yes', '--url', api.url]);

  expect(code).toBe(1);
  expect(stdout.match(/logged out, confirmed/g)).toHaveLength(2);
  expect(stdout).toMatch(/^1101000002 {2}not confirmed: The connection to .+ may still take effect/m);
});

test('schedules --json has the next firings as instants', async () => {
  const { code, stdout } = await runCli(['schedules', '--json']);

  expect({ code, printed: JSON.parse(stdout) }).toEqual({ code: 0, printed: { schedules: [] } });
});

test('an API with JWT authorization is not called without a token', async () => {
  await using aws = await startAws({
    DescribeStacks: describeStacks({ Authorization: 'JWT', Endpoint: 'https://api.example.com' }),
  });

  const { code, stderr } = await runCli(['instances', '--stack', 'green-api-logout'], { env: aws.env });

  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('set GREEN_API_LOGOUT_TOKEN') });
});

test('a stack with several deployments is named with the prefix of their outputs', async () => {
  await using api = await startApi();
  await using aws = await startAws({
    DescribeStacks: describeStacks({ SalesEndpoint: api.url, SalesSecretPrefix: 'sales/', SupportSecretPrefix: 'x/' }),
  });
  const list = (stack: string) => runCli(['instances', '--stack', stack, '--json'], { env: aws.env });

  const [named, unnamed] = [await list('Security/Sales'), await list('Security')];

  expect(JSON.parse(named.stdout)).toEqual({ instances });
  expect(unnamed).toMatchObject({
    code: 1,
    stderr:
      'The stack Security has no output Endpoint. It has deployments with a prefix: --stack Security/Sales or Security/Support.\n',
  });
});

const resource = (type: string, logicalId: string, id: string) =>
  `<member><ResourceType>${type}</ResourceType><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId></member>`;

const attribute = (key: string, value: string) => `<entry><key>${key}</key><value>${value}</value></entry>`;

type StackFaults = {
  readonly key?: string;
  readonly alarm?: string;
  readonly metrics?: readonly object[];
  readonly denied?: boolean;
  readonly messages?: number;
  readonly topics?: readonly string[];
  readonly quota?: number;
  readonly missingQueue?: boolean;
  /** The policy of the topic of notifications, if there is one. */
  readonly topicPolicy?: string;
  /** Operations that AWS has too many calls of. */
  readonly throttled?: readonly string[];
};

const startStack = async (
  apiUrl: string,
  {
    key = '',
    alarm = 'OK',
    metrics,
    denied,
    messages = 0,
    topics = ['arn:aws:sns:eu-central-1:1:on-call'],
    quota = 1000,
    throttled = [],
    missingQueue = false,
    topicPolicy,
  }: StackFaults,
) => {
  const throttle = () => {
    throw new AwsError('ThrottlingException');
  };
  const queue = (id: string, name: string) => resource('AWS::SQS::Queue', id, `${aws.url}/1/${name}`);
  const aws: Awaited<ReturnType<typeof startAws>> = await startAws({
    GetCallerIdentity: callerIdentity,
    DescribeStacks: () =>
      describeStacks({
        Endpoint: apiUrl,
        RunDeadLetters: `${aws.url}/1/dead-letters`,
        ...(topicPolicy !== undefined && {
          NotificationTopics: 'arn:aws:sns:eu-central-1:1:mail,arn:aws:sns:eu-central-1:1:chat',
          NotificationsUndelivered: `${aws.url}/1/gone`,
        }),
      })(),
    ListStackResources: () =>
      `<StackResourceSummaries>${resource('AWS::CloudWatch::Alarm', 'SalesAlarmsRunFailed1A2B3C4D', 'run-failed')}${queue('SalesRunDeadLetters1A2B3C4D', 'dead-letters')}${queue('SalesGone1A2B3C4D', 'gone')}${queue('OrdersQueue1A2B3C4D', 'orders')}</StackResourceSummaries>`,
    DescribeAlarms: () => ({
      MetricAlarms: [
        {
          AlarmName: 'run-failed',
          AlarmDescription: 'A run failed.',
          StateValue: alarm,
          AlarmActions: topics,
          ...(metrics && { Metrics: metrics }),
        },
      ],
    }),
    ...(!denied && {
      GetMetricData: () => ({
        MetricDataResults: [
          { Id: 'logout', Values: [2, 0, 1] },
          { Id: 'forced_logouts', Values: [1] },
          { Id: 'state', Values: [] },
        ],
      }),
    }),
    GetTopicAttributes: () =>
      `<Attributes>${attribute('KmsMasterKeyId', key)}${attribute('SubscriptionsConfirmed', '2')}${attribute('Policy', topicPolicy ?? '')}</Attributes>`,
    GetQueueAttributes: ({ QueueUrl }) => {
      if (missingQueue && String(QueueUrl).endsWith('/gone')) throw new AwsError('QueueDoesNotExist');
      return { Attributes: { ApproximateNumberOfMessages: String(messages) } };
    },
    '/2016-08-19/account-settings': () => ({
      AccountLimit: { ConcurrentExecutions: quota, UnreservedConcurrentExecutions: quota },
    }),
    ...Object.fromEntries(throttled.map((operation) => [operation, throttle])),
  });
  return aws;
};

const doctor = async (faults: StackFaults, api: { readonly url: string }) => {
  await using aws = await startStack(api.url, faults);
  return await runCli(['doctor', '--stack', 'green-api-logout'], { env: aws.env });
};

test('doctor finds nothing wrong with a deployment in order', async () => {
  await using api = await startJsonServer(({ path }) =>
    path === '/instances'
      ? { body: { instances: instances.slice(0, 1) } }
      : { body: { idInstance: '1101000001', stateInstance: 'authorized', readAt } },
  );

  const { code, stdout } = await doctor({}, api);

  expect(code).toBe(0);
  // Another queue of the same stack is not the deployment's.
  expect(stdout).toContain('2 dead-letter queues are empty');
  expect(stdout.match(/^\w+ +\w+/gm)?.map((line) => line.replace(/ +/, ' '))).toEqual([
    'ok identity',
    'ok stack',
    'ok alarm',
    'ok queues',
    'ok concurrency',
    'ok api',
    'ok instances',
  ]);
});

test('doctor calls a secret that is not understood an error', async () => {
  await using api = await startJsonServer(() => ({ body: { instances: [], unreadable } }));

  const { code, stdout } = await runCli(['doctor', '--url', api.url]);

  expect(code).toBe(1);
  expect(stdout).toMatch(/^error +secrets +25 secrets among those of the instances are not understood: green-api/m);
});

test('doctor names what is wrong and what is worth a look', async () => {
  await using api = await startApi();

  const { code, stdout } = await doctor({ key: 'alias/aws/sns', alarm: 'ALARM', messages: 3 }, api);

  expect(code).toBe(1);
  expect(stdout).toMatch(/^warning +alarm +run-failed is in ALARM\. A run failed\.$/m);
  expect(stdout).toMatch(/^error +alarm topic +.+ is encrypted with alias\/aws\/sns, so alarms cannot write to it\./m);
  expect(stdout).toMatch(
    /^warning +queue +dead-letters holds 3 messages\. .+ with the command retry --failed-events\.$/m,
  );
  expect(stdout).toMatch(/^ok +instances +2 of 3 can be read: 2 linked \(authorized\)$/m);
  expect(stdout).toMatch(/^error +instance 1101000003 +The token is wrong\./m);
  expect(stdout).toMatch(/^warning +owners +1 instance has no owner, so no offboarding finds them: 1101000003$/m);
});

test('doctor says whether notifications can reach their topics, and what to do about those that did not', async () => {
  await using api = await startApi();

  const open = await doctor({ topicPolicy: 'events.amazonaws.com', messages: 2 }, api);
  const closed = await doctor({ topicPolicy: '{}' }, api);

  expect(open.stdout.match(/^ok +notification topic +arn:\S+(?:mail|chat), 2 subscriptions$/gm)).toHaveLength(2);
  expect(open.stdout).toMatch(
    /^warning +queue +gone holds 2 messages\. A notification .+ was not delivered\. .+#notifications-undelivered$/m,
  );
  expect(closed.stdout).toMatch(/^error +notification topic +\S+mail does not let EventBridge publish/m);
});

test('doctor: one check that cannot be made hides no other, and throttling passes', async () => {
  await using api = await startApi();

  const { code, stdout } = await doctor(
    { missingQueue: true, messages: 1, quota: 10, throttled: ['DescribeAlarms'] },
    api,
  );

  expect(code).toBe(1);
  expect(stdout).toMatch(/^error +alarms +CloudWatch: ThrottlingException\. .+ Wait a minute, then repeat/m);
  expect(stdout).toMatch(/^warning +queue +dead-letters holds 1 message\./m);
  expect(stdout).toMatch(/^error +queue gone +SQS: QueueDoesNotExist\./m);
  expect(stdout).toMatch(/^warning +concurrency +This account may run 10 Lambda functions at once .+ need 120/m);
  expect(stdout).toMatch(/^ok +instances +2 of 3 can be read/m);
});

test('doctor says a cause once, and shows from the start how far it is', async () => {
  const fleet = Array.from({ length: 20 }, (_, at) => ({
    idInstance: `${1_101_000_000 + at}`,
    owner: 'ann@example.com',
  }));
  await using api = await startJsonServer(({ path }) =>
    path === '/instances'
      ? { body: { instances: fleet.map((instance) => ({ ...instance, protected: false })) } }
      : { status: 502, body: problem },
  );

  const { stdout, stderr } = await runCli(['doctor', '--url', api.url]);
  const args = ['doctor', '--stack', 'green-api-logout', '--profile', 'wrong'];
  const unknown = await runCli(args, { env: { AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/dev/null' } });

  expect(stdout.match(/The token is wrong/g)).toHaveLength(1);
  expect(stdout).toMatch(/^error +instances +20 cannot be read: 1101000000 .+ and 10 more\. The token is wrong\./m);
  expect(stderr).toMatch(
    /^Checking http:.+ …\n.*\nstates of instances read: 50 %\n.*\nstates of instances read: 100 %\n$/s,
  );
  expect(unknown.stdout).toMatch(
    /^error +identity, stack, desk, concurrency, api +There is no AWS profile wrong\..+$/m,
  );
  expect(unknown.stdout.trim().split('\n')).toHaveLength(2);
});

test('doctor names instances whose owners share an identity and differ in another', async () => {
  const owners = ['ann@example.com 00u1', 'ANN@example.com', '00u2 bob@example.com', 'bob@example.com 00u2'];
  await using api = await startJsonServer(({ path }) =>
    path === '/instances'
      ? { body: { instances: owners.map((owner, at) => ({ idInstance: `110100000${at}`, owner, protected: false })) } }
      : { body: { idInstance: path.slice(11, 21), stateInstance: 'authorized', readAt } },
  );

  const { stdout } = await runCli(['doctor', '--url', api.url, '--json']);

  const { findings } = JSON.parse(stdout) as { readonly findings: readonly { what: string; detail: string }[] };
  expect(findings.filter(({ what }) => what === 'owners')).toEqual([
    {
      status: 'warning',
      what: 'owners',
      detail: expect.stringMatching(/^1101000000 1101000001 share the owner ann@example\.com, but not all identities/),
    },
  ]);
});

const sumOf = (...ids: readonly string[]) => [
  { Id: 'expr_1', Expression: ids.join(' + '), ReturnData: true },
  ...ids.map((Id) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors' }, Period: 300, Stat: 'Sum' },
    ReturnData: false,
  })),
];

test('doctor says of an alarm over several metrics which of them it is about', async () => {
  await using api = await startApi();
  await using aws = await startStack(api.url, { alarm: 'ALARM', metrics: sumOf('logout', 'forced_logouts', 'state') });

  const { stdout } = await runCli(['doctor', '--stack', 'green-api-logout'], { env: aws.env });

  expect(stdout).toMatch(
    /^warning +alarm +run-failed is in ALARM\. In the last 3 hours: logout 3, forced-logouts 1\. A run failed\.$/m,
  );
  const [query] = aws.calls.filter(({ operation }) => operation === 'GetMetricData');
  expect(query?.input.MetricDataQueries).toMatchObject(
    ['logout', 'forced_logouts', 'state'].map((Id) => ({ Id, ReturnData: true })),
  );
});

test('doctor reports an alarm even if it may not read its metrics', async () => {
  await using api = await startApi();
  await using aws = await startStack(api.url, { alarm: 'ALARM', metrics: sumOf('logout'), denied: true });

  const { stdout } = await runCli(['doctor', '--stack', 'green-api-logout'], { env: aws.env });

  expect(stdout).toMatch(
    /^warning +alarm +run-failed is in ALARM\. .*AccessDenied\. Allow your AWS identity cloudwatch:GetMetricData\. A run failed\.$/m,
  );
});

test('doctor says that alarms notify nobody, and goes on past a missing right', async () => {
  await using api = await startApi();
  await using aws = await startStack(api.url, { topics: [] });
  const answers = { DescribeStacks: describeStacks({ Endpoint: api.url }) };
  await using denied = await startAws({
    ...answers,
    GetCallerIdentity: () => {
      throw new AwsError('ExpiredToken', 403);
    },
  });

  const silent = await runCli(['doctor', '--stack', 'green-api-logout'], { env: aws.env });
  const { code, stdout } = await runCli(['doctor', '--stack', 'green-api-logout'], { env: denied.env });

  expect(silent.stdout).toMatch(/^warning +alarm topic +Alarms notify nobody/m);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^error +identity +The AWS credentials have expired\. Log in again\.$/m);
  expect(stdout).toMatch(
    /^error +stack +CloudFormation: AccessDenied\. Allow your AWS identity cloudformation:ListStackResources\.$/m,
  );
  expect(stdout).toMatch(/^ok +instances/m);
});

test('the endpoint of an emulator, below localhost, is called, with a signature', async () => {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }, response) => {
    received.push(headers);
    response.end('{"instances":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const Endpoint = `http://a1b2c3d4e5.execute-api.localhost:${(server.address() as AddressInfo).port}`;
  await using aws = await startAws({ DescribeStacks: describeStacks({ Endpoint, Authorization: 'AWS_IAM' }) });

  const { code, stderr } = await runCli(['instances', '--stack', 'green-api-logout'], { env: aws.env });

  server.close();
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('No instance matches.') });
  expect(received[0]).toMatchObject({
    host: new URL(Endpoint).host,
    authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=test\/\d+\/us-east-1\/execute-api\//),
  });
});

test('an endpoint of a stack that is not safe to call is named as such', async () => {
  const Endpoint = 'http://10.0.0.1:4566';
  await using aws = await startAws({ DescribeStacks: describeStacks({ Endpoint, Authorization: 'AWS_IAM' }) });

  const { code, stderr } = await runCli(['instances', '--stack', 'green-api-logout'], { env: aws.env });

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(
      /^The output Endpoint of the stack green-api-logout, http:\/\/10\.0\.0\.1:4566, must be/,
    ),
  });
  expect(stderr).not.toContain('--url');
});
