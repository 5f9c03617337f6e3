import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleOptions, distFolder, doors } from '../../infra/bundling.ts';

const bundleOf = (door: string) => join(distFolder, door, 'index.mjs');

test('each file directly in functions/ is a door', () => {
  expect(doors).toEqual(expect.arrayContaining(['logout', 'instances']));
});

test.each(doors)('%s imports nothing: the bundle brings all but Node itself', (door) => {
  const statements = readFileSync(bundleOf(door), 'utf8').match(/(?:^|[;}])import[\s{*"'][^;]*?["'][^"']+["']/g);

  expect(statements).toBeNull();
});

test.each(doors)('%s exports handler, and loads without undici', async (door) => {
  const script = `
    const { handler } = await import(process.argv[1]);
    console.log(typeof handler, process.moduleLoadList.some((name) => name.includes('undici')));
  `;

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, bundleOf(door)]);

  expect(stdout.trim()).toBe('function false');
});

test('a bundle is one minified ES module for the runtime that is deployed', () => {
  expect(bundleOptions('logout')).toMatchObject({ format: 'esm', target: 'node24', bundle: true, minify: true });
});
