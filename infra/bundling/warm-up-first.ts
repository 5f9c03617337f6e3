import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Lets a bundle await what its function wants to have ready before it offers `handler`: Lambda's init, where a function of any
 * size has a whole core, goes on until then.
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
