import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../../infra/bundling/bundling.ts';

export type Bundles = Disposable & {
  readonly folder: string;
  /** Where the bundle of a function is. */
  readonly of: (functionName: string) => string;
};

/** Builds functions as they are deployed, into a folder of their own that is gone in the end. */
export const buildFunctions = async (functionNames: readonly string[]): Promise<Bundles> => {
  const folder = mkdtempSync(join(tmpdir(), 'functionNames-'));
  const of = (functionName: string) => join(folder, `${functionName}.mjs`);
  await Promise.all(
    functionNames.map((functionName) => build({ ...bundleOptions(functionName), outfile: of(functionName) })),
  );
  return { folder, of, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
};
