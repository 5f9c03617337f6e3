import type { LambdaEvent } from '../../emulators/lambda/options.ts';
import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import { mebibytes, printFigures } from './figures.ts';
import { idsFrom, startFleetSecrets } from './fleet.ts';
import { memoryFlags } from './memory-flags.ts';
import { peakMemoryOf } from './peak-memory.ts';
import { startRuns } from './run/start-runs.ts';
import { startGreenApiProcess } from './start-green-api-process.ts';

jest.setTimeout(300_000);

/** The function's memory in a deployment that does not configure it. */
const { memoryMb } = parseConfiguration().runs;

const isOperation = (event: LambdaEvent) =>
  event.kind === 'history' && /^(?:Step|Wait|Context)Started$/.test(event.event.EventType ?? '');

const rows: Readonly<Record<string, string | number>>[] = [];
afterAll(() =>
  printFigures(
    'One run, or one for each group at once: GREEN-API answers in 50 ms, 5 % of its answers are faults that pass',
    rows,
  ),
);

test.each([
  [1_000, 1],
  [3_000, 1],
  [10_000, 4],
])(
  '%i instances in runs over %i groups at once are all confirmed, within the limits of Lambda and GREEN-API',
  async (count, groups) => {
    const ids = idsFrom(1_101_000_000, count);
    await using greenApi = await startGreenApiProcess({
      ids,
      greenApi: { answerDelayMs: 50, transientFaults: { rate: 0.05, seed: count } },
      logoutDelayMs: 300,
    });
    await using secrets = await startFleetSecrets(ids, greenApi.apiUrl, groups);
    await using runs = await startRuns({ ...secrets.variables, NODE_OPTIONS: memoryFlags(memoryMb).join(' ') });
    const start = performance.now();

    const ended = await Promise.all(
      Array.from({ length: groups }, (_, index) => runs.logOutAll({ target: { group: `load-${index}` } })),
    );

    const tookMs = performance.now() - start;
    const { calls, violations, closestMs, heldUpMs } = await greenApi.seen();
    const operations = new Set(
      runs.events.items
        .filter(isOperation)
        .map((event) => (event.kind === 'history' ? `${event.execution.arn} ${event.event.Id}` : undefined)),
    ).size;
    const peaks = runs.workers().flatMap((pid) => peakMemoryOf(pid) ?? []);
    rows.push({
      instances: count,
      runs: groups,
      confirmed: ended.reduce((sum, { progress }) => sum + progress.loggedOut, 0),
      seconds: (tookMs / 1_000).toFixed(1),
      'calls per instance': (calls / count).toFixed(2),
      operations,
      [`peak RSS of the worker, of ${memoryMb} MiB`]: peaks.length > 0 ? mebibytes(Math.max(...peaks)) : '–',
      violations,
      'closest two ms': closestMs.toFixed(0),
      'held up ms': heldUpMs.toFixed(0),
    });
    const share = count / groups;
    expect(ended).toMatchObject(
      ended.map(() => ({
        status: 'SUCCEEDED',
        progress: { total: share, loggedOut: share, failed: 0, skipped: 0, pending: 0, ready: 0 },
      })),
    );
    expect(operations).toBeLessThan(200 * groups);
    expect(Math.max(0, ...peaks)).toBeLessThan(memoryMb * 2 ** 20);
    // The emulator may record a request late, by as long as its process was blocked.
    expect(closestMs + heldUpMs).toBeGreaterThanOrEqual(1_000);
  },
);
