import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleOptions, functionNames } from './bundling.ts';
import { cliBundleOptions, cliFolder } from './cli-bundle.ts';

// Its files have names that change with what they contain.
rmSync(cliFolder, { recursive: true, force: true });
await Promise.all([
  ...functionNames.map((functionName) => build(bundleOptions(functionName))),
  build(cliBundleOptions),
]);
