import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildConsolePage } from '../../console/build-page.ts';
import { bundleOptions, functionNames } from './bundling.ts';
import { cliBundleOptions, cliFolder } from './cli-bundle.ts';
import { distFolder } from './dist-folder.ts';

// Its files have names that change with what they contain.
rmSync(cliFolder, { recursive: true, force: true });
await Promise.all([
  ...functionNames.map((functionName) => build(bundleOptions(functionName))),
  build(cliBundleOptions),
  buildConsolePage(join(distFolder, 'console')),
]);
