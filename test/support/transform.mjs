import { transformSync } from 'esbuild';

/** Runs TypeScript and ES modules under jest: each file becomes CommonJS, with a source map for its stack traces. */
export default {
  process: (source, path) =>
    transformSync(source, {
      sourcefile: path,
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      target: 'node24',
      sourcemap: 'inline',
      sourcesContent: false,
      define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    }),
};
