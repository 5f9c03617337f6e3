import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startIdentityStore } from '../../emulators/identity-store/emulator.ts';
import { untilLoggedOut, untilRecorded } from '../support/local-runs.ts';
import { startLocalService } from '../support/local-service.ts';
import { changed, customEvent, nativeEvent, type SampleEvent, scimEvent } from '../support/offboarding-events.ts';

const identityStoreId = 'd-93670dc30f';
const john = {
  identityStoreId,
  userId: '6d321996-eab8-4d2e-9f41-0db53b051a5b',
  userName: 'john.doe@example.com',
};

/** Users who are in no directory. */
const mary = '0a1b2c3d-eab8-4d2e-9f41-0db53b051a5b';
const jane = '1b2c3d4e-eab8-4d2e-9f41-0db53b051a5b';

let folder: string;
let directory: Awaited<ReturnType<typeof startIdentityStore>>;
let service: Awaited<ReturnType<typeof startLocalService>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'green-api-logout-'));
  const configuration = join(folder, 'configuration.json');
  const offboarding = { identityCenter: { enabled: true, identityStoreId, nativeEvents: true } };
  await writeFile(configuration, JSON.stringify({ context: { 'green-api-logout': { offboarding } } }));
  directory = await startIdentityStore({ users: [john] });
  service = await startLocalService({
    // The second look comes after 15 s in place of 5 minutes.
    args: ['--configuration', configuration, '--time-scale', '20'],
    variables: { AWS_ENDPOINT_URL_IDENTITYSTORE: directory.url, IDENTITY_STORE_ID: identityStoreId },
  });
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await directory.close();
  await rm(folder, { recursive: true });
});

/** A change that happened now, each time another one. */
const changeNow = (eventName: string, eventID = `event-${performance.now()}`): SampleEvent => {
  const event = scimEvent(eventName);
  const fresh = { eventTime: new Date().toISOString(), eventID };
  return { ...event, detail: { ...Object(event.detail), ...fresh } };
};

const post = async (event: object) => {
  const response = await fetch(`${service.url}/events`, { method: 'POST', body: JSON.stringify(event) });
  return (await response.json()) as { matched: string[]; runs: string[]; problem?: string };
};

type ListedRun = { readonly id: string; readonly requestedBy: string };

/** The run that an event has started by itself. */
const untilStarted = async (eventID: string): Promise<string> => {
  for (;;) {
    const { runs } = (await (await fetch(`${service.url}/forced-logouts`)).json()) as { readonly runs: ListedRun[] };
    const started = runs.find(({ requestedBy }) => requestedBy.endsWith(` ${eventID}`));
    if (started) return started.id;
    await sleep(200);
  }
};

test('a user who is still enabled stays logged in until the second look minutes later, or another change, finds the user disabled', async () => {
  directory.put({ ...john, status: 'ENABLED' });

  expect(await post(changeNow('PatchUser', 'late'))).toEqual({
    matched: ['identityCenter', 'identityCenterSecondLook'],
    runs: [],
  });
  const readsOfJohn = () => directory.reads.filter((id) => id === john.userId);
  expect(readsOfJohn()).toHaveLength(2);
  directory.put({ ...john, status: 'DISABLED' });

  const run = await untilStarted('late');
  expect(readsOfJohn()).toHaveLength(3);
  expect(await untilLoggedOut(service, run)).toMatchObject({ progress: { total: 1, loggedOut: 1 } });

  const { matched, runs } = await post(changeNow('PatchUser'));
  expect(matched).toEqual(['identityCenter', 'identityCenterSecondLook']);
  expect(await untilLoggedOut(service, runs[0] ?? '')).toMatchObject({
    phase: 'waiting-for-tags',
    progress: { total: 1, loggedOut: 1 },
  });
});

test('an unknown user makes the event fail, because a wrong identity store knows no user', async () => {
  const parameters = { 'detail.requestParameters.id': jane };

  expect(await post(changed(changeNow('PutUser'), parameters))).toMatchObject({
    runs: [],
    problem: expect.stringMatching(/^UserNotRead: IAM Identity Center: ResourceNotFoundException/),
  });
});

test('a user whom SCIM has deleted is logged out without reading the directory', async () => {
  const parameters = { 'detail.requestParameters.id': mary };

  const { runs } = await post(changed(changeNow('DeleteUser'), parameters));

  expect(runs).toHaveLength(1);
  expect(directory.reads).not.toContain(mary);
});

test('an event of Identity Center itself is the run that CloudTrail has started', async () => {
  const parameters = { 'detail.requestParameters.id': mary };
  const native = { resources: [`arn:aws:identitystore:::user/${mary}`], time: new Date().toISOString(), id: 'native' };

  const trail = await post(changed(changeNow('DeleteUser'), parameters));
  const own = await post(changed(nativeEvent, native));

  expect(own).toEqual({ matched: ['identityCenterNative'], runs: trail.runs });
});

test.each([
  ['a deletion without a user', changed(nativeEvent, { resources: [] })],
  ['a call without a user', changed(scimEvent('DeleteUser'), { 'detail.requestParameters': {} })],
  ['a custom event without a person', changed(customEvent, { 'detail.email': undefined })],
])('%s is counted as a failed event, with the reason', async (_what, event) => {
  const { problem = '' } = await post(event);
  const [failed, ...more] = await untilRecorded(
    service,
    'event failed',
    ({ error, detail }) => problem === `${error}: ${detail}`,
  );

  expect(problem).toMatch(/^InvalidEvent: ./);
  expect(failed).toMatchObject({ failedEvents: 1, function: 'offboarding', error: 'InvalidEvent' });
  expect(more).toEqual([]);
});
