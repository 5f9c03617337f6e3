import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import type { SettingTable } from '../../functions/platform/environment.ts';
import { accessSettings, deskSettings, listingSettings, vaultSettings } from '../../functions/platform/settings.ts';
import { bundleOptions, functionNames } from '../../infra/bundling/bundling.ts';
import { sdkStubs } from '../../infra/bundling/sdk-stubs.ts';
import { variableNames } from '../../infra/constructs/function-environment.ts';
import { readPage } from '../support/markdown.ts';

/** Most a bundle may weigh, as a share of what esbuild makes of the same file without this project's plugins. */
const mostShare = (functionName: string): number => (durable.includes(functionName) ? 0.85 : 0.75);

/** Functions that bundle the durable SDK, of which nothing is replaced. */
const durable: readonly string[] = ['run', 'watch'];

/** What each bundle may speak to. */
const clients: Readonly<Record<string, readonly string[]>> = {
  logout: ['client-eventbridge', 'client-secrets-manager'],
  instances: ['client-secrets-manager'],
  'evidence-vault': ['client-s3'],
  'rotate-token': ['client-secrets-manager'],
  state: ['client-secrets-manager'],
  // Stopping a run publishes its end.
  'forced-logouts': ['client-eventbridge', 'client-lambda'],
  offboarding: ['client-identitystore', 'client-lambda'],
  schedule: ['client-lambda'],
  scim: ['client-lambda', 'client-secrets-manager'],
  desk: [],
  webhook: ['client-lambda', 'client-secrets-manager'],
  run: ['client-eventbridge', 'client-lambda', 'client-secrets-manager'],
  watch: ['client-eventbridge', 'client-lambda', 'client-secrets-manager'],
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

type Built = { readonly gzipBytes: number; readonly metafile: Metafile; readonly text: string };

const gzipBytesOf = async (options: BuildOptions): Promise<Built> => {
  const { outputFiles, metafile } = await build({ ...options, write: false, metafile: true });
  const gzipBytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  return { gzipBytes, metafile, text: outputFiles.map((file) => file.text).join('') };
};

const buildInMemory = (functionName: string) => gzipBytesOf(bundleOptions(functionName));

/** As a user of esbuild would bundle the file. */
const buildPlain = (functionName: string, entryPoint = `functions/${functionName}.ts`) => {
  const { alias: _alias, plugins: _plugins, ...options } = bundleOptions(functionName);
  return gzipBytesOf({ ...options, entryPoints: [entryPoint] });
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
  const { gzipBytes, metafile, text } = await (built.get(functionName) ?? buildInMemory(functionName));
  const files = filesIn(metafile);
  return { gzipBytes, text, files, packages: new Set(files.map(packageOf)) };
};

test('logout weighs at most 0.78 of a function that calls the SDK and nothing else', async () => {
  const [{ gzipBytes }, sdkOnly] = await Promise.all([
    readBuilt('logout'),
    buildPlain('logout', 'test/bench/peers/sdk.ts'),
  ]);

  expect(gzipBytes / sdkOnly.gzipBytes).toBeLessThanOrEqual(0.78);
});

// V8 looks up the properties of a literal when it reads the bundle.
test('logout holds no literal of a regular expression with Unicode properties', async () => {
  const { text } = await readBuilt('logout');

  // In a text, the backslash is escaped.
  expect(text).not.toMatch(/(?<!\\)\\p\{/);
});

/** Functions that call AWS. */
const withSdk = functionNames.filter((name) => clients[name]?.length !== 0);

test.each(withSdk)('%s weighs less than without the replacements', async (functionName) => {
  const [{ gzipBytes }, plain] = await Promise.all([readBuilt(functionName), buildPlain(functionName)]);

  expect(gzipBytes / plain.gzipBytes).toBeLessThanOrEqual(mostShare(functionName));
});

test.each(functionNames)('%s brings the clients it needs and no other', async (functionName) => {
  const { packages } = await readBuilt(functionName);
  const brought = [...packages].filter((name) => name.startsWith('@aws-sdk/client-'));

  expect(brought.sort()).toEqual(clients[functionName]?.map((name) => `@aws-sdk/${name}`));
});

test.each<[string, SettingTable]>([
  ['instances', { ...listingSettings, ...accessSettings }],
  ['desk', { ...deskSettings, ...accessSettings }],
  ['evidence-vault', vaultSettings],
])('%s brings the settings it reads and no other', async (functionName, settings) => {
  const { text } = await readBuilt(functionName);

  expect(variableNames.filter((name) => new RegExp(`["'\`]${name}["'\`]`).test(text)).toSorted()).toEqual(
    Object.values(settings)
      .map(({ variable }) => variable)
      .toSorted(),
  );
});

test.each(functionNames)('%s brings nothing heavy', async (functionName) => {
  const { packages } = await readBuilt(functionName);

  expect(heavy.filter((name) => packages.has(name))).toEqual([]);
});

// An SDK that moves them would bring its own back, and this test would say so.
test.each(withSdk)('%s holds the stubs of parts of the SDK, and not those parts', async (functionName) => {
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

test.each(functionNames)(
  '%s holds the version from the manifest of each client, and nothing else of it',
  async (functionName) => {
    const { metafile } = await (built.get(functionName) ?? buildInMemory(functionName));
    const manifests = Object.values(metafile.outputs)
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([file]) => /@aws-sdk\/client-[^/]+\/package\.json$/.test(file));

    expect(manifests).toHaveLength(clients[functionName]?.length ?? 0);
    expect(manifests.filter(([, { bytesInOutput }]) => bytesInOutput > 100)).toEqual([]);
  },
);

test.each(sdkStubs)('the decision about replacements names $file', ({ file }) => {
  const [, name] = /([\w-]+)\\\.js\$$/.exec(file.source) ?? [];

  expect(readPage('docs/decisions/0004-sdk-parts-replaced.md')).toContain(`${name}.js\``);
});

test.each(functionNames)('%s holds one copy of each package', async (functionName) => {
  const { files } = await readBuilt(functionName);

  expect(files.filter((file) => /node_modules\/.*node_modules\//.test(file))).toEqual([]);
});
