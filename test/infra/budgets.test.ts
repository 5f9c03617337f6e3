import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { bundleOptions, functionNames } from '../../infra/bundling/bundling.ts';
import { sdkStubs } from '../../infra/bundling/sdk-stubs.ts';

/** What a bundle may weigh when it is zipped, in thousands of bytes: what it weighs, and a little room. */
const budgetsKb: Readonly<Record<string, number>> = {
  logout: 60,
  instances: 50,
  state: 60,
  'forced-logouts': 80,
  offboarding: 70,
  schedule: 68,
  scim: 81,
  webhook: 80,
  run: 150,
};

/** What each bundle may speak to. */
const clients: Readonly<Record<string, readonly string[]>> = {
  logout: ['client-eventbridge', 'client-secrets-manager'],
  instances: ['client-secrets-manager'],
  state: ['client-secrets-manager'],
  'forced-logouts': ['client-lambda'],
  offboarding: ['client-lambda'],
  schedule: ['client-lambda'],
  scim: ['client-lambda', 'client-secrets-manager'],
  webhook: ['client-lambda', 'client-secrets-manager'],
  run: ['client-eventbridge', 'client-lambda', 'client-secrets-manager'],
};

const heavy = [
  'undici',
  'axios',
  'zod',
  'ajv',
  '@aws-sdk/nested-clients',
  '@aws-sdk/token-providers',
  '@smithy/credential-provider-imds',
  '@smithy/fetch-http-handler',
];

const buildInMemory = async (functionName: string) => {
  const { outputFiles, metafile } = await build({ ...bundleOptions(functionName), write: false, metafile: true });
  const gzipBytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  return { gzipBytes, metafile };
};

const built = new Map(functionNames.map((functionName) => [functionName, buildInMemory(functionName)]));

/** The files that left something in the bundle. */
const filesIn = ({ outputs }: Metafile): readonly string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  );

const packageOf = (file: string): string => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? '';

const readBuilt = async (functionName: string) => {
  const { gzipBytes, metafile } = await (built.get(functionName) ?? buildInMemory(functionName));
  const files = filesIn(metafile);
  return { gzipBytes, files, packages: new Set(files.map(packageOf)) };
};

test('every function has a budget', () => {
  expect(Object.keys(budgetsKb).sort()).toEqual([...functionNames].sort());
});

test.each(functionNames)('%s stays within its budget', async (functionName) => {
  const { gzipBytes } = await readBuilt(functionName);

  expect(gzipBytes / 1_000).toBeLessThan(budgetsKb[functionName] ?? 0);
});

test.each(functionNames)('%s brings the clients it needs and no other', async (functionName) => {
  const { packages } = await readBuilt(functionName);
  const brought = [...packages].filter((name) => name.startsWith('@aws-sdk/client-'));

  expect(brought.sort()).toEqual(clients[functionName]?.map((name) => `@aws-sdk/${name}`));
});

test.each(functionNames)('%s brings nothing heavy', async (functionName) => {
  const { packages } = await readBuilt(functionName);

  expect(heavy.filter((name) => packages.has(name))).toEqual([]);
});

// An SDK that moves them would bring its own back, and this test would say so.
test.each(functionNames)('%s holds what stands in for parts of the SDK, and not those parts', async (functionName) => {
  const { files } = await readBuilt(functionName);

  expect(files).toContain('infra/bundling/environment-credentials.ts');
  expect(files.filter((file) => /credential-provider-|submodules\/event-streams\/|\/parseIni\.js$/.test(file))).toEqual(
    [],
  );
});

test.each(sdkStubs)('there is still something to leave out: $file', async ({ file }) => {
  const { metafile } = await (built.get('run') ?? buildInMemory('run'));

  expect(Object.keys(metafile.inputs).filter((input) => file.test(input))).not.toEqual([]);
});

test.each(functionNames)('%s holds one copy of each package', async (functionName) => {
  const { files } = await readBuilt(functionName);

  expect(files.filter((file) => /node_modules\/.*node_modules\//.test(file))).toEqual([]);
});
