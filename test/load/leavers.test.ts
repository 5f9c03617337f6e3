import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newProviderToken } from '../../functions/identity-providers/identity-providers.ts';
import { userIdOf } from '../../functions/scim/user-id.ts';
import { printFigures } from './figures.ts';
import { idsFrom, ownerOf, startFleetSecrets } from './fleet.ts';
import { startServiceProcess } from './service-process.ts';
import { startGreenApiProcess } from './start-green-api-process.ts';
import { quantile, tally } from './tally.ts';
import { until } from './until.ts';

jest.setTimeout(900_000);

type Scenario = { readonly leavers: number; readonly mode: 'one by one' | 'in parallel' };

const scenarios = (mode: Scenario['mode'], ...counts: readonly number[]): readonly Scenario[] =>
  counts.map((leavers) => ({ leavers, mode }));

/** Each leaver owns one instance and leaves once, so a fleet serves as many leavers as it has instances. */
const fleets: readonly (readonly [instances: number, scenarios: readonly Scenario[]])[] = [
  [100, [...scenarios('one by one', 1, 20), ...scenarios('in parallel', 1, 20)]],
  [100, scenarios('in parallel', 100)],
  [100, scenarios('one by one', 100)],
  [1_000, [...scenarios('one by one', 1, 20, 100, 200), ...scenarios('in parallel', 1, 20, 100, 200)]],
];

const { token, sha256 } = newProviderToken();

/** A configuration with one SCIM client. */
const writeConfiguration = (folder: string): string => {
  const identityProviders = { entra: { kind: 'scim', tokenSha256: [sha256], maxPerHour: 1_000 } };
  const file = join(folder, 'cdk.json');
  writeFileSync(file, JSON.stringify({ context: { 'green-api-logout': { identityProviders } } }));
  return file;
};

const deactivate = async (url: string, idInstance: string): Promise<{ status: number; tookMs: number }> => {
  const start = performance.now();
  const response = await fetch(`${url}/scim/v2/Users/${userIdOf(ownerOf(idInstance))}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    body: '{"Operations":[{"op":"replace","path":"active","value":false}]}',
  });
  await response.arrayBuffer();
  return { status: response.status, tookMs: performance.now() - start };
};

const sendAll = async ({ mode }: Scenario, url: string, ids: readonly string[]) => {
  if (mode === 'in parallel') return Promise.all(ids.map((id) => deactivate(url, id)));
  const answers: Awaited<ReturnType<typeof deactivate>>[] = [];
  for (const id of ids) answers.push(await deactivate(url, id));
  return answers;
};

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

const rows: Readonly<Record<string, string | number>>[] = [];
afterAll(() => printFigures('Leavers reported by one SCIM client, each with one instance', rows));

test.each(fleets)('of %i instances, every leaver that is accepted is out', async (instances, all) => {
  const folder = mkdtempSync(join(tmpdir(), 'leavers-'));
  const ids = idsFrom(1_101_000_000, instances);
  await using greenApi = await startGreenApiProcess({ ids, greenApi: { answerDelayMs: 50 }, logoutDelayMs: 300 });
  await using secrets = await startFleetSecrets(ids, greenApi.apiUrl);
  const confirmed = new Set<string>();
  const onLine = (line: string) => {
    const [, id] = /"message":"evidence".*"idInstance":"(\d+)".*"confirmed":true/.exec(line) ?? [];
    if (id !== undefined) confirmed.add(id);
  };
  const args = ['--configuration', writeConfiguration(folder)];
  await using service = await startServiceProcess(secrets.variables, onLine, args);

  let used = 0;
  for (const scenario of all) {
    const leavers = ids.slice(used, used + scenario.leavers);
    used += scenario.leavers;
    const start = performance.now();

    const answers = await sendAll(scenario, service.url, leavers);
    const toldMs = performance.now() - start;
    const accepted = leavers.filter((_, index) => answers[index]?.status === 200);
    await until(() => accepted.every((id) => confirmed.has(id)));

    rows.push({
      instances,
      leavers: scenario.leavers,
      mode: scenario.mode,
      told: Object.entries(tally(answers.map(({ status }) => String(status))))
        .map(([status, times]) => `${times} × ${status}`)
        .join(', '),
      'slowest answer s': seconds(
        quantile(
          answers.map(({ tookMs }) => tookMs),
          1,
        ),
      ),
      'all answered after s': seconds(toldMs),
      'all out after s': seconds(performance.now() - start),
    });
    expect(accepted).toHaveLength(leavers.length);
    // Nobody else was logged out.
    expect(confirmed.size).toBe(used);
  }
  rmSync(folder, { recursive: true });
});
