import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { buildConsolePage } from '../../console/build-page.ts';
import { bundleOptions, cliBundleOptions, cliFolder, functionNames } from './bundling.ts';
import { distFolder } from './dist-folder.ts';

/** Replaces a file as a whole: a service that is running, or starting, may load it at this moment. */
const replaceFile = async (path: string, contents: Uint8Array | string): Promise<void> => {
  const temporary = join(distFolder, `.${randomUUID()}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, contents);
  await rename(temporary, path);
};

const buildFiles = async (options: BuildOptions): Promise<void> => {
  const { outputFiles = [] } = await build({ ...options, write: false });
  await Promise.all(outputFiles.map(({ path, contents }) => replaceFile(path, contents)));
};

const buildConsole = async (): Promise<void> => {
  const { html, headers } = await buildConsolePage();
  // The function of the desk serves the same page.
  for (const folder of ['console', 'desk']) {
    await replaceFile(join(distFolder, folder, 'index.html'), html);
    await replaceFile(join(distFolder, folder, 'headers.json'), `${JSON.stringify(headers, null, 2)}\n`);
  }
};

/** Builds what the local service runs: the functions and the web console. @throws what esbuild has printed */
export const buildService = async (): Promise<void> => {
  await Promise.all([...functionNames.map((functionName) => buildFiles(bundleOptions(functionName))), buildConsole()]);
};

export const buildCli = async (): Promise<void> => {
  // Its files have names that change with what they contain.
  rmSync(cliFolder, { recursive: true, force: true });
  await buildFiles(cliBundleOptions);
};
