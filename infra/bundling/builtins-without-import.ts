import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

const asCommonJs = (path: string): string => `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`;

/** One constant per export, so that exports without an importer are not in the bundle and are never read. */
const asModule = (path: string): string => {
  const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => /^(?!default$)[\w$]+$/.test(name));
  return `
    const builtin = process.getBuiltinModule(${JSON.stringify(path)});
    const read = (name) => builtin[name];
    export default builtin;
    ${names.map((name) => `const _${name} = /* @__PURE__ */ read('${name}'); export { _${name} as ${name} };`).join('\n')}
  `;
};

/**
 * Node's own modules by `process.getBuiltinModule`. An ESM `import` of `node:http` reads every export of it, and one of
 * them loads undici: 20 to 30 ms of each cold start (https://github.com/nodejs/node/issues/57649).
 */
export const builtinsWithoutImport: Plugin = {
  name: 'builtins-without-import',
  setup: (build) => {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      builtins.has(path)
        ? { path, namespace: kind === 'import-statement' ? 'builtin' : 'builtin-cjs', sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: asModule(path) }));
    build.onLoad({ filter: /.*/, namespace: 'builtin-cjs' }, ({ path }) => ({ contents: asCommonJs(path) }));
  },
};
