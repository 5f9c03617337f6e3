import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cliFile, cliFolder, root } from '../../infra/bundling/bundling.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { startJsonServer } from '../support/api-double.ts';
import { runCli } from '../support/cli.ts';

test('the console is served at the printed address, forwards its calls, and ends at Ctrl-C', async () => {
  await using api = await startJsonServer(() => ({ body: { instances: [] } }));
  const child = spawn(process.execPath, [cliFile, 'console', '--url', api.url, '--configuration', 'cdk.json']);
  const [line] = await once(createInterface(child.stdout), 'line');
  const [, url, token] = /(http:\S+)\/#token=(\S+)/.exec(String(line)) ?? [];
  const headers = { authorization: `Bearer ${token}` };

  const page = await fetch(`${url}/`);
  const instances = await fetch(`${url}/instances`, { headers });
  const schedules = await fetch(`${url}/local/schedules`, { headers });
  child.kill('SIGINT');
  const [code] = await once(child, 'close');

  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>green-api-logout</title>')]);
  expect(await instances.json()).toEqual({ instances: [] });
  expect(await schedules.json()).toEqual({ schedules: [] });
  expect(api.received.map(({ path }) => path)).toEqual(['/instances']);
  expect(code).toBe(0);
});

test('a port in use is exit code 1, and the error says what to do', async () => {
  await using taken = await startLoopbackServer(() => {}, {});
  const { port } = new URL(taken.url);

  const { code, stderr } = await runCli(['console', '--url', 'http://127.0.0.1:1', '--port', port]);

  expect([code, stderr]).toEqual([
    1,
    `Port ${port} of 127.0.0.1 cannot be used (EADDRINUSE). Choose another with --port.\n`,
  ]);
});

test('a clone without the page of the console is exit code 1, and the error says how to build it', () => {
  const clone = mkdtempSync(join(tmpdir(), 'clone-'));
  cpSync(cliFolder, join(clone, 'dist', 'cli'), { recursive: true });
  cpSync(join(root, 'infra', 'bundling'), join(clone, 'infra', 'bundling'), { recursive: true });

  const { status, stderr } = spawnSync(
    process.execPath,
    [join(clone, 'dist', 'cli', 'main.mjs'), 'console', '--url', 'http://127.0.0.1:1'],
    { encoding: 'utf8' },
  );
  rmSync(clone, { recursive: true });

  expect([status, stderr]).toEqual([1, 'The page of the console is missing. Run: npm run build\n']);
});
