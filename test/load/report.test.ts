import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { cliFile } from '../../infra/bundling/bundling.ts';
import { compareWithOracle } from '../support/compare-with-oracle.ts';
import { mebibytes, printFigures } from './figures.ts';
import { peakMemoryOf } from './peak-memory.ts';

jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), 'report-'));
const figures: Readonly<Record<string, string | number>>[] = [];
afterAll(() => {
  rmSync(folder, { recursive: true });
  printFigures('100,000 records on the command line', figures);
});

const records = 100_000;
const file = join(folder, 'evidence.jsonl');
const leavers = join(folder, 'leavers.csv');
const start = Date.parse('2026-11-01T00:00:00Z');
const personOf = (index: number) => `person${index % 20_000}@example.com`;

/** As large as a record of a run is: the product's own fields, with two readings. */
const lineOf = (index: number): string => {
  const requestedAt = new Date(start + index * 1_000).toISOString();
  const confirmedAt = new Date(start + index * 1_000 + 5_000).toISOString();
  return `${JSON.stringify({
    timestamp: confirmedAt,
    level: 'INFO',
    message: 'evidence',
    version: 1,
    idInstance: String(1_101_000_000 + (index % 60_000)),
    function: 'run',
    requestedBy: `com.example.hr hr-2026-${index}`,
    account: '111122223333',
    reason: 'left the company',
    requestedAt,
    confirmedAt,
    timeToLogoutMs: 5_310,
    attempts: 1,
    readings: [
      { at: confirmedAt, stateInstance: 'notAuthorized' },
      { at: confirmedAt, stateInstance: 'notAuthorized' },
    ],
    outcome: { kind: 'logged-out', confirmed: true, isLogout: true, stateInstance: 'notAuthorized' },
    run: { id: `event-${index}`, source: 'offboarding', tags: { owner: personOf(index), protected: false } },
    stack: 'green-api-logout',
  })}\n`;
};

beforeAll(async () => {
  const stream = createWriteStream(file);
  for (let index = 0; index < records; index += 1) if (!stream.write(lineOf(index))) await once(stream, 'drain');
  stream.end();
  await finished(stream);
  const rows = Array.from({ length: 1_000 }, (_, index) => `${personOf(index)},2026-11-01`);
  writeFileSync(leavers, ['email,left', ...rows].join('\n'));
});

type Measured = {
  readonly code: number | null;
  readonly stdout: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peak: number;
};

/** The processor time of a process so far. Linux counts it in hundredths of a second (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
const cpuSecondsOf = (pid: number): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
};

/** Runs the built command line, and reads its processor time and its peak of memory every 20 ms. */
const measure = (args: readonly string[]): Promise<Measured> =>
  new Promise((resolve) => {
    const begin = performance.now();
    let [peak, cpuSeconds] = [0, 0];
    const child = execFile(process.execPath, [cliFile, ...args], { maxBuffer: 2 ** 28 }, (_error, stdout) => {
      clearInterval(timer);
      resolve({ code: child.exitCode, stdout, seconds: (performance.now() - begin) / 1_000, cpuSeconds, peak });
    });
    const timer = setInterval(() => {
      cpuSeconds = Math.max(cpuSeconds, cpuSecondsOf(child.pid ?? 0));
      peak = Math.max(peak, peakMemoryOf(child.pid ?? 0) ?? 0);
    }, 20);
    child.stdin?.end();
  });

const evidence = ['evidence', '--file', file, '--since', '2026-10-01'];

test.each<[string, readonly string[], number]>([
  ['evidence, as a table', evidence, records + 1],
  ['evidence, as CSV', [...evidence, '--csv'], records + 1],
  ['evidence, as JSON', [...evidence, '--json'], records],
  ['evidence of one person, as JSON', [...evidence, '--json', '--owner', personOf(7)], 5],
  ['report of 1,000 leavers, as a table', ['report', leavers, '--file', file, '--within', '24h'], 1_001],
  ['report of 1,000 leavers, as JSON', ['report', leavers, '--file', file, '--within', '24h', '--json'], 1_000],
])('%s: within 10 seconds and 300 MB', async (name, args, lines) => {
  const { stdout, seconds, cpuSeconds, peak } = await measure(args);

  figures.push({
    command: name,
    seconds: seconds.toFixed(1),
    'CPU seconds': cpuSeconds.toFixed(1),
    'peak MiB': mebibytes(peak),
  });
  expect(stdout.trimEnd().split('\n')).toHaveLength(lines);
  // On a machine that does other things too, the time on the clock says little.
  expect(cpuSeconds).toBeLessThan(10);
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThanOrEqual(300 * 10 ** 6);
});

test('over 10,000 random populations, every row is the one of a slow and obvious oracle', () => {
  for (let seed = 1_000; seed < 11_000; seed += 1) {
    const { got, expected } = compareWithOracle(seed);
    expect({ seed, ...got }).toEqual({ seed, ...expected });
  }
});
