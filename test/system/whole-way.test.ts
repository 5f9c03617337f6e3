import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dialectNames } from '../../functions/offboarding/dialects.ts';
import { samples } from '../../functions/offboarding/samples.ts';
import { compileCache } from '../support/compile-cache.ts';
import {
  type LocalService,
  recordsIn,
  startRun,
  untilEnded,
  untilLoggedOut,
  untilRecorded,
} from '../support/local-runs.ts';
import { startLocalService } from '../support/local-service.ts';

let folder: string;
let service: LocalService;

/** Every dialect is enabled, as on the AWS account of a customer with Okta and IAM Identity Center. */
const offboarding = {
  okta: { partnerBusName: samples.okta.source },
  identityCenter: { enabled: true, identityStoreId: 'd-93670dc30f' },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'green-api-logout-'));
  const configuration = join(folder, 'configuration.json');
  await writeFile(configuration, JSON.stringify({ context: { 'green-api-logout': { offboarding } } }));
  service = await startLocalService({ journal: join(folder, 'runs'), args: ['--configuration', configuration] });
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** `npm run cli -- send-event`, as a user types it. */
const sendEvent = (service: LocalService, ...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['cli/main.ts', 'send-event', ...args], {
    env: { ...process.env, ...compileCache, PORT: new URL(service.url).port },
  });

test('an offboarding event logs out the person it names, records evidence, and publishes outcomes', async () => {
  const event = samples.okta;
  const occurredAt = new Date(Date.now() - 60_000).toISOString();
  const file = join(folder, 'event.json');
  for (const id of ['1101000003', '1101000004'])
    await fetch(`${service.greenApiUrl}/emulator/instances/${id}/state`, {
      method: 'PUT',
      body: '{"stateInstance":"authorized"}',
    });
  await writeFile(file, JSON.stringify({ ...event, detail: { ...event.detail, published: occurredAt } }));

  const { stdout } = await sendEvent(service, file);
  const { matched, runs } = JSON.parse(stdout);
  const run = await untilLoggedOut(service, runs[0]);

  expect([matched, run.phase, run.progress]).toEqual([
    ['okta'],
    'waiting-for-tags',
    { total: 2, loggedOut: 2, failed: 0, skipped: 0, pending: 0, ready: 0 },
  ]);
  const evidence = await untilRecorded(service, 'evidence', (record) => record.run?.id === runs[0], 2);
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
  await service.printed(
    /^event "Instance Logged Out" from "green-api-logout": "1101000003": "Instance 1101000003 of john\.doe@example\.com is logged out \(user\.lifecycle\.deactivate in Okta\)\."/m,
  );
  expect(service.output()).not.toMatch(/[0-9a-f]{50}/);

  // The same event in another envelope is the same run.
  await writeFile(
    file,
    JSON.stringify({ ...event, id: 'another', detail: { ...event.detail, published: occurredAt } }),
  );
  expect(JSON.parse((await sendEvent(service, file)).stdout).runs).toEqual(runs);
});

test('an event that matches no dialect is refused with the reason', async () => {
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

// A native event about the same user is the same run, however often it is sent.
test.each(dialectNames.filter((name) => name !== 'identityCenterNative'))(
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
  const run = await untilLoggedOut(service, runs[0]);

  expect([matched, run.phase]).toEqual([['identityCenter', 'identityCenterSecondLook'], 'waiting-for-tags']);
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

test('a run that is stopped while it waits logs nobody out', async () => {
  const at = new Date(Date.now() + 3_600_000).toISOString();
  const { id } = await startRun(service, { target: { all: true }, reason: 'drill', at });

  const stop = await fetch(`${service.url}/forced-logouts/${id}`, { method: 'DELETE' });

  expect(stop.status).toBe(202);
  expect((await untilEnded(service, id)).status).toBe('STOPPED');
  expect(recordsIn(service, 'evidence').filter(({ run }) => run?.id === id)).toEqual([]);
});
