import { root } from '../bundling/bundling.ts';
import { createPackage } from './create-package.ts';

/** `npm run package`, after the build: writes the tarball into the project's folder, or into the folder given. */
try {
  console.log(await createPackage(process.argv[2] ?? root));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
