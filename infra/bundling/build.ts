import { build } from 'esbuild';
import { bundleOptions, doors } from './bundling.ts';
import { cliBundleOptions } from './cli-bundle.ts';

await Promise.all([...doors.map((door) => build(bundleOptions(door))), build(cliBundleOptions)]);
