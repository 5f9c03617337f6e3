import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { digestOf } from '../../../functions/runs/start-watch.ts';
import { bundleOptions } from '../../../infra/bundling/bundling.ts';
import { startGreenApi } from '../../../local/emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../../local/emulators/secrets-manager/emulator.ts';
import { awsVariables } from '../../support/aws-environment.ts';
import { startHarness, temporaryFolder } from '../../support/lambda/harness.ts';
import { markerToken } from '../../support/logout-setup.ts';

const ids = ['1101000001', '1101000002'];
const [linked = '', quiet = ''] = ids;
const tags = { owner: 'ann@example.com', group: 'sales' };
/** A day lasts 16 seconds. */
const timeScale = 5_400;

let bundle: string;
beforeAll(async () => {
  bundle = join(temporaryFolder(), 'index.mjs');
  await build({ ...bundleOptions('watch'), outfile: bundle });
});

/** The watch as it is deployed, in a process of its own, with emulators. Its days last seconds. */
const startWatchService = async (folder: string, variables: Readonly<Record<string, string>>) => {
  const options = { bundle, environment: () => variables, executionTimeoutMs: 31 * 86_400_000, timeScale };
  const harness = await startHarness({ folder, functions: { watch: options } });
  const polls = () =>
    harness.events.items.filter(
      (event) => event.kind === 'history' && event.event.EventType === 'StepSucceeded' && event.event.Name !== 'start',
    ).length;
  const untilPolls = async (count: number) => {
    while (polls() < count) await sleep(20);
  };
  const pidsOf = (kind: 'worker-started' | 'worker-exited') =>
    harness.events.items.flatMap((event) => (event.kind === kind ? (event.pid ?? []) : []));
  const killWorkers = () => {
    const exited = new Set(pidsOf('worker-exited'));
    for (const pid of pidsOf('worker-started')) if (!exited.has(pid)) process.kill(pid, 'SIGKILL');
  };
  return { ...harness, untilPolls, killWorkers };
};

const startSetup = async () => {
  const greenApi = await startGreenApi({
    instances: ids.map((idInstance) => ({ idInstance, apiTokenInstance: markerToken })),
    enforceLimit: false,
  });
  for (const id of ids) greenApi.setState(id, 'notAuthorized');
  const secretString = JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance: markerToken });
  const secretsManager = await startSecretsManager({
    secrets: ids.map((id) => ({ name: `green-api/${id}`, secretString, tags })),
  });
  const variables = {
    ALLOWED_API_HOSTS: greenApi.host,
    ...awsVariables({ secretsManager: secretsManager.url }),
    // The clock of the watch runs fast, so a cached credential would expire at once.
    CREDENTIAL_TTL_MS: '0',
  };
  return {
    greenApi,
    variables,
    [Symbol.asyncDispose]: async () => {
      await greenApi.close();
      await secretsManager.close();
    },
  };
};

const requestFor = (days: number) => ({
  run: `api-${'0'.repeat(40)}`,
  requestedBy: 'auth0|desk',
  reason: 'phone lost',
  source: 'api',
  until: new Date(Date.now() + days * 86_400_000).toISOString(),
  instances: ids.map((id) => [id, digestOf(tags)]),
});

test('a watch continues after its worker and the whole service were killed, and reports an instance that was linked again', async () => {
  await using setup = await startSetup();
  const folder = temporaryFolder();
  await using before = await startWatchService(folder, setup.variables);
  const arn = await before.start(requestFor(1), `watch-${'0'.repeat(40)}`, 'watch:live');
  await before.untilPolls(2);
  before.killWorkers();
  await before.untilPolls(3);
  before.killWorkers();
  await before.close();

  setup.greenApi.setState(linked, 'authorized');
  await using after = await startWatchService(folder, setup.variables);
  const { Status, Result } = await after.ended(arn);

  const lines = [...before.lines.items, ...after.lines.items];
  const evidence = lines.filter((line) => line.includes('"evidence"')).map((line) => JSON.parse(line));
  expect(Status).toBe('SUCCEEDED');
  expect(JSON.parse(Result ?? '')).toMatchObject({ ended: [[linked, expect.any(String), 'linked-again']] });
  expect(evidence).toMatchObject([
    { function: 'watch', idInstance: linked, linkedAgain: 1, outcome: { kind: 'linked-again' } },
  ]);
  expect(setup.greenApi.callsOf(quiet, 'getStateInstance').length).toBeGreaterThan(3);
  expect(setup.greenApi.callsOf(linked, 'logout')).toEqual([]);
  expect(`${lines.join('')}${JSON.stringify(after.events.items)}`).not.toContain(markerToken);
}, 180_000);
