import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../../infra/bundling/bundling.ts';

export type Bundles = Disposable & {
  readonly folder: string;
  /** Where the bundle of a door is. */
  readonly of: (door: string) => string;
};

/** Builds doors as they are deployed, into a folder of their own that is gone in the end. */
export const buildDoors = async (doors: readonly string[]): Promise<Bundles> => {
  const folder = mkdtempSync(join(tmpdir(), 'doors-'));
  const of = (door: string) => join(folder, `${door}.mjs`);
  await Promise.all(doors.map((door) => build({ ...bundleOptions(door), outfile: of(door) })));
  return { folder, of, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
};
