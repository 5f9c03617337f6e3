import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
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

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Headers that let the page run its own script and style, call its own origin, and nothing else. */
const pageHeaders = (script: string, style: string) => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
});

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
  return { html, headers: pageHeaders(script, style) };
};
