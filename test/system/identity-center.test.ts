import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IdentityStoreEmulator, startIdentityStore } from '../../local/emulators/identity-store/emulator.ts';
import { untilLoggedOut } from '../support/local-runs.ts';
import { startLocalService } from '../support/local-service.ts';
import { scimEvent } from '../support/offboarding-events.ts';

const identityStoreId = 'd-93670dc30f';
const john = {
  identityStoreId,
  userId: '6d321996-eab8-4d2e-9f41-0db53b051a5b',
  userName: 'john.doe@example.com',
};

let folder: string;
let directory: IdentityStoreEmulator;
let service: Awaited<ReturnType<typeof startLocalService>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'green-api-logout-'));
  const configuration = join(folder, 'configuration.json');
  const offboarding = { identityCenter: { enabled: true, identityStoreId } };
  await writeFile(configuration, JSON.stringify({ context: { 'green-api-logout': { offboarding } } }));
  directory = await startIdentityStore({ users: [john] });
  service = await startLocalService({
    args: ['--configuration', configuration],
    variables: { AWS_ENDPOINT_URL_IDENTITYSTORE: directory.url, IDENTITY_STORE_ID: identityStoreId },
  });
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await directory.close();
  await rm(folder, { recursive: true });
});

/** A change that happened now, each time another one. */
const changeNow = (eventName: string) => {
  const event = scimEvent(eventName);
  const fresh = { eventTime: new Date().toISOString(), eventID: `event-${performance.now()}` };
  return { ...event, detail: { ...Object(event.detail), ...fresh } };
};

const post = async (event: object) => {
  const response = await fetch(`${service.url}/events`, { method: 'POST', body: JSON.stringify(event) });
  return (await response.json()) as { matched: string[]; runs: string[]; problem?: string };
};

test('a user who is still enabled stays logged in', async () => {
  directory.put({ ...john, status: 'ENABLED' });

  expect(await post(changeNow('PatchUser'))).toEqual({ matched: ['identityCenter'], runs: [] });
  expect(directory.reads.slice(-2)).toEqual([john.userId, john.userId]);
});

test('an unknown user makes the event fail, because a wrong identity store knows no user', async () => {
  directory.remove(john.userId);

  expect(await post(changeNow('PutUser'))).toMatchObject({
    runs: [],
    problem: expect.stringMatching(/^UserNotRead: IAM Identity Center: ResourceNotFoundException/),
  });
});

test('a user whom SCIM has disabled is logged out', async () => {
  directory.put({ ...john, status: 'DISABLED' });

  const { matched, runs } = await post(changeNow('PatchUser'));
  const run = await untilLoggedOut(service, runs[0] ?? '');

  expect(matched).toEqual(['identityCenter']);
  expect(run).toMatchObject({ phase: 'waiting-for-tags', progress: { total: 1, loggedOut: 1 } });
});

test('a user whom SCIM has deleted is logged out without reading the directory', async () => {
  directory.remove(john.userId);
  const readsBefore = directory.reads.length;

  const { runs } = await post(changeNow('DeleteUser'));

  expect(runs).toHaveLength(1);
  expect(directory.reads).toHaveLength(readsBefore);
});
