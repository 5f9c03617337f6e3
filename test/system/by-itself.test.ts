import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeSecretCommand, GetSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { type LocalService, startRun, untilEnded, untilRecorded } from '../support/local-runs.ts';
import { startLocalService } from '../support/local-service.ts';
import { createClient } from '../support/secrets-manager-client.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'green-api-logout-'));
});
afterAll(() => rm(folder, { recursive: true }));

const start = (journal: string, ...args: readonly string[]) =>
  startLocalService({ journal: join(folder, journal), args });

/** A run that logs out in some seconds, of a service that was killed before. */
const startAndKill = async (
  seconds: number,
): Promise<{ readonly journal: string; readonly id: string; readonly at: string }> => {
  const journal = `killed-${seconds}`;
  const service = await start(journal);
  const at = new Date(Date.now() + seconds * 1_000).toISOString();
  const { id } = await startRun(service, { target: { owner: 'ann@example.com' }, reason: 'left', at });
  await service.printed(/run requested/);
  await service[Symbol.asyncDispose]();
  // On a busy machine the time may be over before the service is gone.
  return Date.now() < Date.parse(at) ? { journal, id, at } : startAndKill(seconds * 3);
};

test.concurrent('a run continues, without waiting longer, after the whole service was killed', async () => {
  const { journal, id, at } = await startAndKill(8);

  await using after = await start(journal);
  await after.printed(/run api-[0-9a-f]+ goes on/);
  const run = await untilEnded(after, id);

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: 2, loggedOut: 2 } });
  const [record] = await untilRecorded(after, 'evidence', (each) => each.function === 'run');
  expect(Date.parse(String(record?.confirmedAt))).toBeGreaterThanOrEqual(Date.parse(at));
});

/** A service with a schedule that fires in some seconds, and one that fires by hand. */
const startScheduled = async (seconds: number): Promise<{ readonly service: LocalService; readonly soon: string }> => {
  const schedule = { timeZone: 'UTC', target: { group: 'sales' }, reason: 'end of shift', dryRun: true };
  const soon = new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19);
  const schedules = [
    { ...schedule, name: 'soon', expression: `at(${soon})` },
    { ...schedule, name: 'by-hand', expression: 'cron(0 3 1 1 ? *)' },
    { ...schedule, name: 'no-drill', expression: 'cron(0 3 1 1 ? *)', dryRun: false },
  ];
  const file = join(folder, 'schedules.json');
  await writeFile(file, JSON.stringify({ context: { 'green-api-logout': { schedules } } }));
  const service = await start(`scheduled-${seconds}`, '--configuration', file);
  if (Date.now() < Date.parse(`${soon}Z`)) return { service, soon };
  // On a busy machine the time may be over before the service is there.
  await service[Symbol.asyncDispose]();
  return startScheduled(seconds * 3);
};

test.concurrent('schedules fire on time and on request, and each firing starts one run', async () => {
  const { service, soon } = await startScheduled(5);
  await using scheduled = service;

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
  const drill = await fetch(`${scheduled.url}/schedules/no-drill?dryRun=true`, { method: 'POST' });
  const { run } = (await drill.json()) as { readonly run: string };
  expect(await (await fetch(`${scheduled.url}/forced-logouts/${run}`)).json()).toMatchObject({
    request: { dryRun: true },
  });
});

test.concurrent('rotates a token on a request to Secrets Manager, and the new one works', async () => {
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

test.concurrent('a watch reports an instance that was linked again, and a faster clock makes it report sooner', async () => {
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
  await untilRecorded(watching, 'evidence', ({ outcome }) => outcome.kind === 'linked-again');
  const records = watching.evidence().filter(({ idInstance }) => idInstance === '1101000001');
  expect(records.at(-1)).toMatchObject({ message: 'evidence', outcome: { kind: 'linked-again' } });
});
