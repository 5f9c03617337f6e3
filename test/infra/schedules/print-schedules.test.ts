import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCache } from '../../support/compile-cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'schedules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const printSchedules = (...schedules: object[]) => {
  const file = join(folder, 'cdk.json');
  writeFileSync(file, JSON.stringify({ context: { 'green-api-logout': { schedules } } }));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['cli/main.ts', 'schedules', '--configuration', file],
    {
      encoding: 'utf8',
      timeout: 600_000,
      env: { ...process.env, ...compileCache },
    },
  );
  return { status, stdout, stderr };
};

const yearly = {
  name: 'yearly',
  expression: 'cron(0 6 1 1 ? *)',
  timeZone: 'Asia/Tokyo',
  target: { owner: 'jo@example.com' },
  reason: 'new year',
};

test('prints the schedules of a configuration and when they fire next', () => {
  const { status, stdout, stderr } = printSchedules(yearly);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.match(/ \d{4}-01-01 06:00 = \w{3} \d{4}-12-31 21:00 UTC$/gm)).toHaveLength(5);
});

test('reports an invalid configuration in one line, and fails', () => {
  expect(printSchedules({ ...yearly, timeZone: 'Asia/Tokio' })).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'green-api-logout.schedules.0.timeZone must be the name of a time zone as in the IANA database; did you mean Asia/Tokyo? (got "Asia/Tokio")\n',
  });
});
