import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { startGreenApi } from '../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import { operationNames } from '../../functions/runs/operation-names.ts';
import { digestOf } from '../../functions/runs/start-watch.ts';
import { bundleOptions } from '../../infra/bundling/bundling.ts';
import { awsVariables } from '../support/aws-environment.ts';
import { startHarness, temporaryFolder } from '../support/lambda/harness.ts';
import { markerToken } from '../support/logout-setup.ts';

const ids = ['1101000001', '1101000002'];
const [linked = '', quiet = ''] = ids;
const tags = { owner: 'ann@example.com', group: 'sales' };
/** A day lasts 16 seconds. */
const timeScale = 5_400;

let folderOfBundles: string;
const bundleOf = (name: string) => join(folderOfBundles, name, 'index.mjs');
beforeAll(async () => {
  folderOfBundles = temporaryFolder();
  for (const name of ['watch', 'run'] as const) await build({ ...bundleOptions(name), outfile: bundleOf(name) });
});

const endOfExecution = /^Execution(?!Started)/;

/** The watch and the run as they are deployed, in processes of their own, with emulators. Their days last seconds, or minutes. */
const startService = async (folder: string, variables: Readonly<Record<string, string>>, runScale = 100) => {
  const options = { environment: () => variables, executionTimeoutMs: 31 * 86_400_000 };
  const watch = { ...options, bundle: bundleOf('watch'), timeScale };
  const run = { ...options, bundle: bundleOf('run'), timeScale: runScale };
  const harness = await startHarness({ folder, functions: { watch, run } });
  const happened = (type: RegExp) =>
    harness.events.items.flatMap((event) =>
      event.kind === 'history' && type.test(event.event.EventType ?? '') ? [event.event.Name] : [],
    );
  const polls = () => happened(/^StepSucceeded$/).filter((name) => name !== 'start').length;
  const hasEnded = () => happened(endOfExecution).length > 0;
  const untilPolls = async (count: number) => {
    while (polls() < count && !hasEnded()) await sleep(20);
  };
  const pidsOf = (kind: 'worker-started' | 'worker-exited') =>
    harness.events.items.flatMap((event) => (event.kind === kind ? (event.pid ?? []) : []));
  const killWorkers = () => {
    const exited = new Set(pidsOf('worker-exited'));
    for (const pid of pidsOf('worker-started')) if (!exited.has(pid)) process.kill(pid, 'SIGKILL');
  };
  const evidence = () => harness.lines.items.flatMap((line) => (line.includes('"evidence"') ? [JSON.parse(line)] : []));
  return { ...harness, polls, hasEnded, untilPolls, killWorkers, evidence };
};

const startSetup = async () => {
  const greenApi = await startGreenApi({
    instances: ids.map((idInstance) => ({ idInstance, apiTokenInstance: markerToken })),
    enforceLimit: false,
  });
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
    tag: (id: string, of: { readonly owner?: string }) =>
      secretsManager.put({ name: `green-api/${id}`, secretString, tags: of }),
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

/**
 * A watch of so many days, whose worker is killed twice, and then the whole service. While nothing runs, an instance is linked again.
 * `undefined`: the days were over before the next service had polled twice, so a busy machine needs more of them.
 */
const interruptWatch = async (days: number) => {
  await using setup = await startSetup();
  for (const id of ids) setup.greenApi.setState(id, 'notAuthorized');
  const folder = temporaryFolder();
  await using before = await startService(folder, setup.variables);
  const arn = await before.start(requestFor(days), `watch-${'0'.repeat(40)}`, 'watch:live');
  await before.untilPolls(2);
  before.killWorkers();
  await before.untilPolls(3);
  before.killWorkers();
  await before.close();
  if (before.hasEnded()) return undefined;

  setup.greenApi.setState(linked, 'authorized');
  await using after = await startService(folder, setup.variables);
  const { Status, Result } = await after.ended(arn);
  if (after.polls() < 2) return undefined;
  return {
    status: Status,
    result: JSON.parse(Result ?? ''),
    evidence: [...before.evidence(), ...after.evidence()],
    readings: setup.greenApi.callsOf(quiet, 'getStateInstance').length,
    logouts: setup.greenApi.callsOf(linked, 'logout'),
    written: `${[...before.lines.items, ...after.lines.items].join('')}${JSON.stringify(after.events.items)}`,
  };
};

/** As many days as it takes, up to the 30 that a watch may have. */
const interruptLongEnough = async (days = 1): Promise<Awaited<ReturnType<typeof interruptWatch>>> =>
  (await interruptWatch(days)) ?? (days * 2 > 30 ? undefined : interruptLongEnough(days * 2));

test('a watch continues after its worker and the whole service were killed, and reports an instance that was linked again', async () => {
  const watch = await interruptLongEnough();

  expect(watch?.status).toBe('SUCCEEDED');
  expect(watch?.result).toMatchObject({ ended: [[linked, expect.any(String), 'linked-again']] });
  expect(watch?.evidence).toMatchObject([
    { function: 'watch', idInstance: linked, linkedAgain: 1, outcome: { kind: 'linked-again' } },
  ]);
  expect(watch?.readings).toBeGreaterThan(3);
  expect(watch?.logouts).toEqual([]);
  expect(watch?.written).not.toContain(markerToken);
}, 900_000);

/**
 * The run of a leaver, whose worker is killed while it waits for its second look. Meanwhile one instance is tagged and the other linked.
 * `undefined`: the five minutes were over before the first look had ended, so a busy machine needs a slower clock.
 */
const interruptRun = async (runScale: number) => {
  await using setup = await startSetup();
  setup.tag(quiet, {});
  await using service = await startService(temporaryFolder(), setup.variables, runScale);
  const request = {
    target: { owner: tags.owner },
    reason: 'left the company',
    requestedBy: 'webhook hr hr-1',
    source: 'offboarding',
    maxTargets: 50,
  };

  const arn = await service.start(request, `event-${'0'.repeat(40)}`);
  // The emulator is in this process, so what follows is done before the wait can end.
  const first = await service.events.first(
    (event) =>
      event.kind === 'history' &&
      (event.event.Name === operationNames.waitForSecondLook || endOfExecution.test(event.event.EventType ?? '')),
  );
  if (first.kind === 'history' && endOfExecution.test(first.event.EventType ?? '')) return undefined;
  setup.tag(quiet, tags);
  setup.greenApi.setState(linked, 'authorized');
  service.killWorkers();
  const { Status, Result } = await service.ended(arn);
  return {
    status: Status,
    result: JSON.parse(Result ?? ''),
    evidence: service.evidence(),
    states: ids.map((id) => setup.greenApi.stateOf(id)),
  };
};
const interruptSlowEnough = async (runScale = 100): Promise<Awaited<ReturnType<typeof interruptRun>>> =>
  (await interruptRun(runScale)) ?? (runScale < 10 ? undefined : interruptSlowEnough(runScale / 2));

test('the run of a leaver looks again after its worker was killed, and logs out what was tagged late or linked again', async () => {
  const run = await interruptSlowEnough();

  expect(run?.status).toBe('SUCCEEDED');
  expect(run?.result).toMatchObject({
    progress: { total: 2, loggedOut: 2 },
    note: '1 instance was linked again after its first logout',
  });
  const evidence = run?.evidence ?? [];
  expect(evidence.map(({ outcome }) => outcome.confirmed)).not.toContain(false);
  expect(evidence.filter(({ run }) => run.linkedAgain).map(({ idInstance }) => idInstance)).toEqual([linked]);
  expect(new Set(evidence.map(({ idInstance }) => idInstance))).toEqual(new Set(ids));
  expect(run?.states).toEqual(['notAuthorized', 'notAuthorized']);
}, 900_000);
