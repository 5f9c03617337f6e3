import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { functionNames } from '../../infra/bundling/bundling.ts';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import { CannotStart } from './options.ts';
import type { Print } from './output.ts';

const buildAll = async (print: Print): Promise<void> => {
  print('Building the functions and the web console (a few seconds)\n');
  const { buildService } = await import('../../infra/bundling/build-bundles.ts');
  await buildService().catch(() => {
    throw new CannotStart('the build failed: correct what is printed above, and start again');
  });
};

const files = [...functionNames.map((name) => `${name}/index.mjs`), 'console/index.html'];

/**
 * Builds the functions and the console, or checks that they have been built.
 *
 * @param folder where they are looked for
 * @throws {@link CannotStart}
 */
export const prepareBundles = async (build: boolean, print: Print, folder = distFolder): Promise<void> => {
  if (build) return buildAll(print);
  const missing = files.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) throw new CannotStart(`dist/ has no ${missing.join(', ')}: leave out --no-build`);
};
