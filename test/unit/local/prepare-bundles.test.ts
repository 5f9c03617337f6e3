import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { functionNames } from '../../../infra/bundling/bundling.ts';
import { prepareBundles } from '../../../local/dev-server/prepare-bundles.ts';

test('without a build, a service starts only if all that it runs has been built', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'green-api-logout-dist-'));
  const prepare = () => prepareBundles(false, () => {}, folder);
  const put = (file: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  };
  for (const name of functionNames.filter((name) => name !== 'state')) put(`${name}/index.mjs`);

  await expect(prepare()).rejects.toThrow('dist/ has no state/index.mjs (and 1 more): leave out --no-build');
  put('state/index.mjs');
  await expect(prepare()).rejects.toThrow('dist/ has no console/index.html: leave out --no-build');
  put('console/index.html');
  await expect(prepare()).resolves.toBeUndefined();

  rmSync(folder, { recursive: true });
});
