import { build } from 'esbuild';
import { bundleOptions, functionNames } from './bundling.ts';
import { cliBundleOptions } from './cli-bundle.ts';

await Promise.all([
  ...functionNames.map((functionName) => build(bundleOptions(functionName))),
  build(cliBundleOptions),
]);
