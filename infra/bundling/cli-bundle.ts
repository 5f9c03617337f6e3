import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { root } from './bundling.ts';
import { distFolder } from './dist-folder.ts';

/** Where the command line is built. */
export const cliFolder = join(distFolder, 'cli');

/** The `bin` of the package. */
export const cliFile = join(cliFolder, 'main.mjs');

/** What CommonJS packages among the dependencies expect. */
const requireForCommonJs =
  "import { createRequire as createRequireOfCli } from 'node:module'; const require = createRequireOfCli(import.meta.url);";

/** What a command imports dynamically becomes a file of its own, so that the others start without it. */
export const cliBundleOptions: BuildOptions = {
  absWorkingDir: root,
  entryPoints: { main: 'cli/main.ts' },
  outdir: cliFolder,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  // Errors are distinguished by their names.
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  banner: { js: requireForCommonJs },
};
