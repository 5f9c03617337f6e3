import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { builtinsWithoutImport } from './builtins-without-import.ts';
import { distFolder } from './dist-folder.ts';
import { stubSdk } from './sdk-stubs.ts';

export const root = join(import.meta.dirname, '..', '..');

/** The functions: each file directly in `functions/` is one Lambda function of that name. */
export const functionNames: readonly string[] = readdirSync(join(root, 'functions'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

/** What every bundle has in common. */
export const commonOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Replacements for parts of the AWS SDK that no function uses. */
const substitutes = {
  '@aws-sdk/credential-provider-node': './infra/bundling/environment-credentials.ts',
  '@smithy/core/event-streams': './infra/bundling/event-streams.ts',
} as const;

/**
 * Makes a bundle await the `warmUp` of its function before it exports `handler`. Lambda's init, in which a function of any size
 * has a whole core, lasts until then.
 */
const warmUpFirst: Plugin = {
  name: 'warm-up-first',
  setup: (build) => {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === 'entry-point' ? { path: resolve(root, path), namespace: 'warm-up-first' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'warm-up-first' }, ({ path }) => ({
      contents: `
        import * as functionName from ${JSON.stringify(path)};
        await functionName.warmUp?.();
        export const { handler } = functionName;
      `,
      resolveDir: root,
    }));
  },
};

/** The one definition of how a function becomes a bundle, for `npm run build`, the CDK app and the tests alike. */
export const bundleOptions = (functionName: string): BuildOptions => ({
  ...commonOptions,
  entryPoints: [`functions/${functionName}.ts`],
  outfile: join(distFolder, functionName, 'index.mjs'),
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  // The durable SDK distinguishes its errors by their names.
  keepNames: functionName === 'run' || functionName === 'watch',
  // Most functions have nothing to warm up.
  logOverride: { 'import-is-undefined': 'silent' },
  alias: substitutes,
  plugins: [builtinsWithoutImport, warmUpFirst, stubSdk],
});

/** Where the command line is built. */
export const cliFolder = join(distFolder, 'cli');

/** The `bin` of the package. */
export const cliFile = join(cliFolder, 'main.mjs');

/** What CommonJS packages among the dependencies expect. */
const requireForCommonJs =
  "import { createRequire as createRequireOfCli } from 'node:module'; const require = createRequireOfCli(import.meta.url);";

/** What a command imports dynamically becomes a file of its own, so that the others start without it. */
export const cliBundleOptions: BuildOptions = {
  ...commonOptions,
  entryPoints: { main: 'cli/main.ts' },
  outdir: cliFolder,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  // Errors are distinguished by their names.
  keepNames: true,
  banner: { js: requireForCommonJs },
};
