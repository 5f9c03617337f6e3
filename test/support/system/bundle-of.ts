import { join } from 'node:path';
import { distFolder } from '../../../infra/bundling/dist-folder.ts';

/** Where the built bundle of a function is: what is deployed. All processes of a run keep one compiled copy of it. */
export const bundleOf = (functionName: string): string => join(distFolder, functionName, 'index.mjs');
