import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf } from '../../emulators/error-code.ts';
import { functionNames } from '../../infra/bundling/bundling.ts';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import { CannotStart } from './options.ts';
import type { Print } from './output.ts';

const buildAll = async (print: Print): Promise<void> => {
  print('Building the functions and the web console (a few seconds)\n');
  const { buildService } = await import('../../infra/bundling/build-bundles.ts');
  await buildService().catch((error) => {
    // esbuild has printed the errors of the sources.
    const isOfSources = 'errors' in Object(error);
    throw new CannotStart(
      isOfSources
        ? 'the build failed: correct what is printed above, and start again'
        : `dist/ cannot be written (${errorCodeOf(error)}): make it writable, or leave the build out with --no-build`,
    );
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
  if (missing.length === 0) return;
  const others = missing.length > 1 ? ` (and ${missing.length - 1} more)` : '';
  throw new CannotStart(`dist/ has no ${missing[0]}${others}: leave out --no-build`);
};
