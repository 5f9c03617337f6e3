import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { pageHeaders } from './page-headers.ts';

const root = join(import.meta.dirname, '..');

const bundleText = async (entryPoint: string, options: BuildOptions): Promise<string> => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entryPoint],
    bundle: true,
    minify: true,
    write: false,
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
  });
  return outputFiles?.[0]?.text.trim() ?? '';
};

/** Writes the console into a folder: `index.html`, which needs no other file, and `headers.json`, to be sent with it. */
export const buildConsolePage = async (folder: string): Promise<void> => {
  const [template, script, style] = await Promise.all([
    readFile(join(root, 'console/page/index.html'), 'utf8'),
    bundleText('console/page/main.tsx', {
      format: 'esm',
      target: 'es2023',
      jsx: 'automatic',
      jsxImportSource: 'preact',
    }),
    bundleText('console/page/styles.css', {}),
  ]);
  // Functions, because a replacement text gives `$&` a meaning.
  const html = template.replace('/* style */', () => style).replace('/* script */', () => script);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.html'), html);
  await writeFile(join(folder, 'headers.json'), `${JSON.stringify(pageHeaders({ script, style }), null, 2)}\n`);
};
