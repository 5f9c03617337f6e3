import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { pageHeaders } from './page-headers.ts';
import type { ConsolePage } from './server/console-page.ts';

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

/** Builds the console as one page, which needs no other file. */
export const buildConsolePage = async (): Promise<ConsolePage> => {
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
  return { html, headers: pageHeaders({ script, style }) };
};
