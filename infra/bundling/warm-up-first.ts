import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Makes a bundle await the `warmUp` of its function before it exports `handler`. Lambda's init, in which a function of any size
 * has a whole core, lasts until then.
 */
export const warmUpFirst: Plugin = {
  name: 'warm-up-first',
  setup: (build) => {
    const root = build.initialOptions.absWorkingDir ?? '';
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
