import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DescribeSecretCommand, GetSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { dialectNames } from '../../functions/offboarding/dialects.ts';
import { samples } from '../../functions/offboarding/samples.ts';
import { startLocalService } from '../support/local-service.ts';
import { createClient } from '../support/secrets-manager-client.ts';

type Run = {
  readonly status: string;
  readonly progress: Readonly<Record<string, number>>;
  readonly outcomes: readonly Readonly<Record<string, unknown>>[];
};

type LocalService = Awaited<ReturnType<typeof startLocalService>>;

let folder: string;
let service: LocalService;

/** Every dialect is enabled, as on the AWS account of a customer with Okta and IAM Identity Center. */
const offboarding = {
  okta: { partnerBusName: samples.okta.source },
  identityCenter: { enabled: true, identityStoreId: 'd-93670dc30f' },
};

const start = (journal: string, ...args: readonly string[]) =>
  startLocalService({ journal: join(folder, journal), args });

const writeConfiguration = async (name: string, configuration: object): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify({ context: { 'green-api-logout': configuration } }));
  return file;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'green-api-logout-'));
  service = await start('shared', '--configuration', await writeConfiguration('shared.json', { offboarding }));
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const parseRun = async (response: Response): Promise<Run> => (await response.json()) as Run;

const readRun = async ({ url }: LocalService, id: string): Promise<Run> =>
  parseRun(await fetch(`${url}/forced-logouts/${id}`));

/** Asks once a second, as a person with curl would. */
const untilEnded = async (service: LocalService, id: string): Promise<Run> => {
  for (;;) {
    const run = await readRun(service, id);
    if (run.status !== 'RUNNING') return run;
    await sleep(1_000);
  }
};

const startRun = async ({ url }: LocalService, request: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}/forced-logouts`, { method: 'POST', headers, body: JSON.stringify(request) });
  const body = (await response.json()) as { readonly id: string; readonly code?: string };
  return { http: response.status, location: response.headers.get('location'), ...body };
};

const recordsIn = (service: LocalService, message: string) =>
  service
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((record) => record.message === message);

/** `npm run event`, as a user types it. */
const sendEvent = (service: LocalService, ...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['cli/main.ts', 'send-event', ...args], {
    env: { ...process.env, PORT: new URL(service.url).port },
  });

test('an offboarding event logs out the person it names, records evidence, and publishes outcomes', async () => {
  const event = samples.okta;
  const occurredAt = new Date(Date.now() - 60_000).toISOString();
  const file = join(folder, 'event.json');
  await writeFile(file, JSON.stringify({ ...event, detail: { ...event.detail, published: occurredAt } }));

  const { stdout } = await sendEvent(service, file);
  const { matched, runs } = JSON.parse(stdout);
  const run = await untilEnded(service, runs[0]);

  expect([matched, run.status, run.progress]).toEqual([
    ['okta'],
    'SUCCEEDED',
    { total: 2, loggedOut: 2, failed: 0, skipped: 0, pending: 0, ready: 0 },
  ]);
  const evidence = recordsIn(service, 'evidence').filter((record) => record.run?.id === runs[0]);
  expect(evidence.map(({ idInstance }) => idInstance).toSorted()).toEqual(['1101000003', '1101000004']);
  expect(evidence[0]).toMatchObject({
    requestedBy: `${event.source} ${event.detail.uuid}`,
    reason: 'user.lifecycle.deactivate in Okta',
    confirmed: 1,
    run: { id: runs[0], source: 'offboarding', occurredAt },
    outcome: { confirmed: true },
  });
  // From the event's own time, a minute ago.
  expect(evidence[0].timeToLogoutMs).toBeGreaterThan(60_000);
  expect(service.output()).toContain('event "Instance Logged Out" from "green-api-logout": "1101000003"');
  expect(service.output()).not.toMatch(/[0-9a-f]{50}/);

  // The same event in another envelope is the same run.
  await writeFile(
    file,
    JSON.stringify({ ...event, id: 'another', detail: { ...event.detail, published: occurredAt } }),
  );
  expect(JSON.parse((await sendEvent(service, file)).stdout).runs).toEqual(runs);
});

test('an event that no dialect understands is refused with the reason', async () => {
  const post = (body: string) => fetch(`${service.url}/events`, { method: 'POST', body });

  const unknown = await post('{"source":"x","detail-type":"Something Else","detail":{}}');
  expect([unknown.status, await unknown.text()]).toEqual([
    422,
    '{"matched":["rest"],"runs":[],"problem":"no enabled dialect understands the event"}',
  ]);

  const broken = await post('{"source":"x","detail-type":"Employee Offboarded","detail":{}}');
  expect(broken.status).toBe(422);
  expect(await broken.text()).toContain(
    'InvalidEvent: detail must name the person by owner or by email, and not by both',
  );
  expect((await post('no json')).status).toBe(400);
});

test.each(dialectNames)(
  '%s: its sample, sent as if it happened now, is delivered and starts a new run each time',
  async (name) => {
    const first = JSON.parse((await sendEvent(service, name, '--now')).stdout);
    const second = JSON.parse((await sendEvent(service, name, '--now')).stdout);

    expect([first.matched, second.matched]).toEqual([[name], [name]]);
    expect(new Set([...first.runs, ...second.runs]).size).toBe(2);
  },
);

test('a user whom SCIM updated is logged out if the directory shows the user as disabled', async () => {
  const { detail, ...envelope } = samples.identityCenter;
  const { userId, identityStoreId } = detail.requestParameters;
  const event = {
    ...envelope,
    source: 'aws.identitystore-scim',
    detail: {
      ...detail,
      eventSource: 'identitystore-scim.amazonaws.com',
      eventName: 'PatchUser',
      requestParameters: { tenantId: identityStoreId, id: userId, operations: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    },
  };
  const file = join(folder, 'scim.json');
  await writeFile(file, JSON.stringify(event));

  const { matched, runs } = JSON.parse((await sendEvent(service, file, '--now')).stdout);
  const run = await untilEnded(service, runs[0]);

  expect([matched, run.status]).toEqual([['identityCenter'], 'SUCCEEDED']);
  expect(run.outcomes).toMatchObject([{ idInstance: '1101000004' }]);
});

test('a run over a group skips protected instances; the same key is the same run', async () => {
  const request = { target: { group: 'support' }, reason: 'team closed' };
  const key = { 'idempotency-key': 'ticket-4711' };

  const first = await startRun(service, request, key);
  const again = await startRun(service, request, key);
  const other = await startRun(service, { ...request, reason: 'another' }, key);

  expect([first.http, again.id, other.code]).toEqual([202, first.id, 'idempotency-key-reused']);
  expect(first.location).toBe(`/forced-logouts/${first.id}`);
  const run = await untilEnded(service, first.id);
  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: 3, loggedOut: 2, skipped: 1 } });
  expect(run.outcomes.at(-1)).toMatchObject({ idInstance: '1101000005', kind: 'skipped', detail: 'protected' });
});

test('a run that is stopped ends there', async () => {
  const at = new Date(Date.now() + 3_600_000).toISOString();
  const { id } = await startRun(service, { target: { all: true }, reason: 'drill', at });

  const stop = await fetch(`${service.url}/forced-logouts/${id}`, { method: 'DELETE' });

  expect(stop.status).toBe(202);
  expect((await untilEnded(service, id)).status).toBe('STOPPED');
  expect(recordsIn(service, 'evidence').filter(({ run }) => run?.id === id)).toEqual([]);
});

test('a run goes on, and waits no longer, after the whole service was killed', async () => {
  const before = await start('killed');
  const at = new Date(Date.now() + 10_000).toISOString();
  const { id } = await startRun(before, { target: { owner: 'ann@example.com' }, reason: 'left', at });
  await before.printed(/run requested/);
  before.child.kill('SIGKILL');
  await before.exited;

  await using after = await start('killed');
  await after.printed(/run api-[0-9a-f]+ goes on/);
  const run = await untilEnded(after, id);

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: 2, loggedOut: 2 } });
  const [record] = recordsIn(after, 'evidence').filter((each) => each.function === 'run');
  expect(Date.parse(String(record?.confirmedAt))).toBeGreaterThanOrEqual(Date.parse(at));
});

test('schedules fire by themselves and by hand, and each firing is one run', async () => {
  const schedule = { timeZone: 'UTC', target: { group: 'sales' }, reason: 'end of shift', dryRun: true };
  // Not before the service has started.
  const soon = new Date(Date.now() + 15_000).toISOString().slice(0, 19);
  const schedules = [
    { ...schedule, name: 'soon', expression: `at(${soon})` },
    { ...schedule, name: 'by-hand', expression: 'cron(0 3 1 1 ? *)' },
  ];
  const file = await writeConfiguration('schedules.json', { schedules });
  await using scheduled = await start('scheduled', '--configuration', file);

  // One after the other: two drills at once would meet the limit of GREEN-API.
  const pattern = new RegExp(`"schedule":"soon","scheduledTime":"${soon}Z","run":"(schedule-[0-9a-f]{40})"`);
  const [, soonId = ''] = await scheduled.printed(pattern);
  expect(await untilEnded(scheduled, soonId)).toMatchObject({ status: 'SUCCEEDED' });
  const fired = await fetch(`${scheduled.url}/schedules/by-hand`, { method: 'POST' });
  const unknown = await fetch(`${scheduled.url}/schedules/nobody`, { method: 'POST' });

  expect([fired.status, unknown.status]).toEqual([202, 404]);
  const { run: id } = (await fired.json()) as { readonly run: string };
  expect(await untilEnded(scheduled, id)).toMatchObject({
    status: 'SUCCEEDED',
    progress: { total: 2, loggedOut: 1, ready: 1 },
  });
});

test('rotates a token when Secrets Manager is asked to, and the new one works', async () => {
  await using rotating = await startLocalService({
    journal: join(folder, 'rotating'),
    variables: { TOKEN_ROTATION: 'enabled' },
  });
  const [, endpoint = ''] = await rotating.printed(/AWS_ENDPOINT_URL_SECRETS_MANAGER=(\S+)/);
  using client = createClient(endpoint);
  const SecretId = 'green-api/1101000002';
  const before = await client.send(new GetSecretValueCommand({ SecretId }));

  const RotationLambdaARN = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-token';
  await client.send(new RotateSecretCommand({ SecretId, RotationLambdaARN }));
  const rotated = async (): Promise<void> => {
    const { LastRotatedDate } = await client.send(new DescribeSecretCommand({ SecretId }));
    if (LastRotatedDate) return;
    await sleep(200);
    return rotated();
  };
  await rotated();

  const after = await client.send(new GetSecretValueCommand({ SecretId }));
  expect(after.SecretString).not.toBe(before.SecretString);
  const logout = await fetch(`${rotating.url}/instances/1101000002/logout`, { method: 'POST' });
  expect(logout.status).toBe(200);
  expect(rotating.output()).not.toMatch(/[0-9a-f]{50}/);
});

test('a watch notices that an instance was linked again, sooner where time passes faster', async () => {
  await using watching = await start('watching', '--time-scale', '300');
  const request = { target: { owner: 'ann@example.com' }, reason: 'left', watchDays: 1 };
  const { id } = await startRun(watching, request);
  expect((await untilEnded(watching, id)).status).toBe('SUCCEEDED');
  await watching.printed(/watch \S+ started/);

  await fetch(`${watching.greenApiUrl}/emulator/instances/1101000001/state`, {
    method: 'PUT',
    body: '{"stateInstance":"authorized"}',
  });

  await watching.printed(/event "Instance Linked Again" from "green-api-logout": "1101000001"/);
  const records = watching.evidence().filter(({ idInstance }) => idInstance === '1101000001');
  expect(records.at(-1)).toMatchObject({ message: 'evidence', outcome: { kind: 'linked-again' } });
});
