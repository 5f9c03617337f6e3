import { readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** Where the bundles go: `dist/<door>/index.mjs`. What is built there is what the CDK app deploys and the local service runs. */
export const distFolder = join(root, 'dist');

/** The doors: each file directly in `functions/` is one Lambda function of that name. */
export const doors: readonly string[] = readdirSync(join(root, 'functions'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/**
 * Node's own modules by `process.getBuiltinModule`. An ESM `import` of `node:http` reads every export of it, and one of
 * them loads undici: 20 to 30 ms of each cold start (https://github.com/nodejs/node/issues/57649).
 */
const builtinsWithoutImport: Plugin = {
  name: 'builtins-without-import',
  setup: (build) => {
    build.onResolve({ filter: /.*/ }, ({ path }) => (builtins.has(path) ? { path, namespace: 'builtin' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
      loader: 'js',
    }));
  },
};

/** The one definition of how a door becomes a bundle, for `npm run build`, the CDK app and the tests alike. */
export const bundleOptions = (door: string): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: [`functions/${door}.ts`],
  outfile: join(distFolder, door, 'index.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  // The durable SDK tells its errors apart by name.
  keepNames: door === 'run',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [builtinsWithoutImport],
});
