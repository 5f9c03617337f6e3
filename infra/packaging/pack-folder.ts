import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Writes a package as a tarball into another folder: the same contents give the same bytes. */
export const packFolder = (folder: string, outFolder: string): void => {
  // npm leaves out times and owners, and keeps permissions.
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', folder]);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(outFolder)], { cwd: folder });
};
