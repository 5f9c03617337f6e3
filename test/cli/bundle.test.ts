import { build, type Metafile } from 'esbuild';
import { cliBundleOptions } from '../../infra/bundling/bundling.ts';

let outputs: Metafile['outputs'];
beforeAll(async () => {
  const { metafile } = await build({ ...cliBundleOptions, write: false, metafile: true });
  outputs = metafile.outputs;
});

/** The files of the bundle that are loaded before a command is known. */
const loadedAtStart = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of outputs[file]?.imports ?? [])
    if (kind === 'import-statement' && path in outputs) loadedAtStart(path, seen);
  return seen;
};

test('the start loads no AWS client, no prompts, no tables and no calendar', () => {
  const inputs = [...loadedAtStart('dist/cli/main.mjs')].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));

  expect(inputs).toContain('cli/program.ts');
  expect(
    inputs.filter((file) => /@aws-sdk|@smithy|@inquirer|cli-progress|string-width|croner|aws-cdk/.test(file)),
  ).toEqual([]);
});

test('the bundle needs nothing but Node', () => {
  const external = Object.values(outputs).flatMap(({ imports }) => imports.filter((one) => one.external));

  expect(external.map(({ path }) => path).filter((path) => !/^(?:node:)?[a-z_/]+$/.test(path))).toEqual([]);
  expect(Object.keys(outputs).length).toBeGreaterThan(5);
});
