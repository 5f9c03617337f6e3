import type { LambdaEvent } from '../../emulators/lambda/options.ts';
import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import { mebibytes, printFigures } from './figures.ts';
import { idsFrom, startFleetSecrets } from './fleet.ts';
import { memoryFlags } from './memory-flags.ts';
import { peakMemoryOf } from './peak-memory.ts';
import { startRuns } from './run/start-runs.ts';
import { startGreenApiProcess } from './start-green-api-process.ts';

jest.setTimeout(180_000);

/** The function's memory in a deployment that does not configure it. */
const { memoryMb } = parseConfiguration().runs;

const isOperation = (event: LambdaEvent) =>
  event.kind === 'history' && /^(?:Step|Wait|Context)Started$/.test(event.event.EventType ?? '');

const rows: Readonly<Record<string, string | number>>[] = [];
afterAll(() =>
  printFigures('One run over a group: GREEN-API answers in 50 ms, 5 % of its answers are faults that pass', rows),
);

test.each([1_000, 3_000])(
  'a run over %i instances confirms every one within the limits of Lambda and GREEN-API',
  async (count) => {
    const ids = idsFrom(1_101_000_000, count);
    await using greenApi = await startGreenApiProcess({
      ids,
      greenApi: { answerDelayMs: 50, transientFaults: { rate: 0.05, seed: count } },
      logoutDelayMs: 300,
    });
    await using secrets = await startFleetSecrets(ids, greenApi.apiUrl);
    await using runs = await startRuns({ ...secrets.variables, NODE_OPTIONS: memoryFlags(memoryMb).join(' ') });
    const start = performance.now();

    const { status, progress } = await runs.logOutAll({ target: { group: 'load' } });

    const tookMs = performance.now() - start;
    const { calls, violations, closestMs, heldUpMs } = await greenApi.seen();
    const operations = new Set(
      runs.events.items.filter(isOperation).map((event) => (event.kind === 'history' ? event.event.Id : undefined)),
    ).size;
    const peaks = runs.workers().flatMap((pid) => peakMemoryOf(pid) ?? []);
    rows.push({
      instances: count,
      confirmed: progress.loggedOut,
      seconds: (tookMs / 1_000).toFixed(1),
      'calls per instance': (calls / count).toFixed(2),
      operations,
      [`peak RSS of the worker, of ${memoryMb} MiB`]: peaks.length > 0 ? mebibytes(Math.max(...peaks)) : '–',
      violations,
      'closest two ms': closestMs.toFixed(0),
      'held up ms': heldUpMs.toFixed(0),
    });
    expect(status).toBe('SUCCEEDED');
    expect(progress).toEqual({ total: count, loggedOut: count, failed: 0, skipped: 0, pending: 0, ready: 0 });
    expect(operations).toBeLessThan(200);
    expect(Math.max(0, ...peaks)).toBeLessThan(memoryMb * 2 ** 20);
    // The emulator may record a request late, by as long as its process was blocked.
    expect(closestMs + heldUpMs).toBeGreaterThanOrEqual(1_000);
  },
);
