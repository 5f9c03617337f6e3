import { join } from 'node:path';

/** Where the bundles are: `dist/<function>/index.mjs`. The CDK app deploys and the local service runs what is built there. */
export const distFolder = join(import.meta.dirname, '..', '..', 'dist');
