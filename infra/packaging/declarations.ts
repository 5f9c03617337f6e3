import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const importPattern = /(from '\.{1,2}\/[^']+)\.ts'/g;

/** The declarations that one of them imports, by the paths of their sources. */
const importsIn = (text: string, file: string): readonly string[] =>
  [...text.matchAll(importPattern)].map(([, from = '']) => join(dirname(file), from.replace("from '", '')));

/**
 * Writes the declarations that the entry needs, and no other: the rest of the project has types that an app does not install.
 *
 * @param root the project's folder
 * @param entry without extension, from the root
 * @param outFolder where the entry's own folder becomes the top
 */
export const writeDeclarations = (root: string, entry: string, outFolder: string, temporaryFolder: string): void => {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(root, 'infra', 'packaging', 'tsconfig.json');
  execFileSync(process.execPath, [tsc, '--singleThreaded', '-p', project, '--outDir', temporaryFolder], {
    // The compiler ends before it needs to collect garbage.
    env: { ...process.env, GOGC: 'off' },
    stdio: 'inherit',
  });

  const written = new Set<string>();
  const write = (file: string): void => {
    if (written.has(file)) return;
    written.add(file);
    const text = readFileSync(join(temporaryFolder, `${file}.d.ts`), 'utf8');
    const target = join(outFolder, `${file.slice(dirname(entry).length + 1)}.d.ts`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text.replace(importPattern, "$1.js'"));
    for (const imported of importsIn(text, file)) write(imported);
  };
  write(entry);
};
