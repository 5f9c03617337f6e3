import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { builtinsWithoutImport } from './builtins-without-import.ts';
import { distFolder } from './dist-folder.ts';
import { stubSdk } from './sdk-stubs.ts';
import { warmUpFirst } from './warm-up-first.ts';

export const root = join(import.meta.dirname, '..', '..');

/** The functions: each file directly in `functions/` is one Lambda function of that name. */
export const functionNames: readonly string[] = readdirSync(join(root, 'functions'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

/** Replacements for parts of the AWS SDK that no function uses. */
const substitutes = {
  '@aws-sdk/credential-provider-node': './infra/bundling/environment-credentials.ts',
  '@smithy/core/event-streams': './infra/bundling/event-streams.ts',
} as const;

/** The one definition of how a function becomes a bundle, for `npm run build`, the CDK app and the tests alike. */
export const bundleOptions = (functionName: string): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: [`functions/${functionName}.ts`],
  outfile: join(distFolder, functionName, 'index.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  // The durable SDK distinguishes its errors by their names.
  keepNames: functionName === 'run' || functionName === 'watch',
  legalComments: 'none',
  logLevel: 'warning',
  // Most functions have nothing to warm up.
  logOverride: { 'import-is-undefined': 'silent' },
  alias: substitutes,
  plugins: [builtinsWithoutImport, warmUpFirst, stubSdk],
});
