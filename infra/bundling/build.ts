import { build } from 'esbuild';
import { bundleOptions, doors } from './bundling.ts';

await Promise.all(doors.map((door) => build(bundleOptions(door))));
