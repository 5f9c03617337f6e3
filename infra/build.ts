import { rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundleOptions, distFolder, doors } from './bundling.ts';

await rm(distFolder, { recursive: true, force: true });
await Promise.all(doors.map((door) => build(bundleOptions(door))));
