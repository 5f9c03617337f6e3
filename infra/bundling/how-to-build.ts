import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The root, seen from a folder of the sources, and from a chunk of the built command line. */
const roots = ['../..', '../../..'];

/**
 * What to do when something built is missing: build it in a clone. The published package cannot build anything.
 *
 * @param folder the folder of the source file that looked for it
 */
export const howToBuild = (folder: string): string =>
  roots.some((root) => existsSync(join(folder, root, 'infra', 'bundling', 'build.ts')))
    ? 'Run: npm run build'
    : 'Install the package green-api-logout again.';
