import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/**
 * Node's own modules by `process.getBuiltinModule`. An ESM `import` of `node:http` reads every export of it, and one of
 * them loads undici: 20 to 30 ms of each cold start (https://github.com/nodejs/node/issues/57649).
 */
export const builtinsWithoutImport: Plugin = {
  name: 'builtins-without-import',
  setup: (build) => {
    build.onResolve({ filter: /.*/ }, ({ path }) => (builtins.has(path) ? { path, namespace: 'builtin' } : undefined));
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
      loader: 'js',
    }));
  },
};
