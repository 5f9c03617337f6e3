import { execSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, functionNames } from '../../infra/bundling/bundling.ts';
import { packageFolderOf, parseLicense, parseLockfile, treeOf } from '../support/lockfile.ts';
import { readPage } from '../support/markdown.ts';

const root = join(__dirname, '..', '..');
const lockfile = parseLockfile(join(root, 'package-lock.json'));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Every package the functions are made of, and why nothing smaller would do; docs/security.md says the same. */
const atRunTime = {
  '@aws-sdk/client-secrets-manager': 'reads the credentials and lists the instances',
  '@aws-sdk/client-lambda': 'starts, finds, reads and stops runs',
  '@aws-sdk/client-s3': 'stores evidence in the vault',
  '@aws-sdk/client-eventbridge': 'sends the outcome events',
  '@aws-sdk/client-identitystore': 'reads whether a changed user of IAM Identity Center is disabled',
  '@aws/durable-execution-sdk-js': 'makes a run a durable function',
  '@middy/core': 'the middleware engine of every function',
  '@middy/util': 'belongs to @middy/core; named so that there is one copy',
  valibot: 'checks everything that comes from outside',
};

const permissive = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
]);

/** What is allowed although its licence is not permissive, or not a software licence: development only. */
const exceptions: Readonly<Record<string, string>> = {
  '@cloud-copilot/iam-simulate': 'AGPL-3.0-or-later',
  '@cloud-copilot/iam-policy': 'AGPL-3.0-or-later',
  '@cloud-copilot/iam-utils': 'AGPL-3.0-or-later',
  '@axe-core/playwright': 'MPL-2.0',
  'axe-core': 'MPL-2.0',
  argparse: 'PSF-2.0',
  'caniuse-lite': 'CC-BY-4.0',
};

const isPermissive = (license: string): boolean =>
  license
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => permissive.has(choice));

const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Some are for other machines; and Node itself, which some of its packages do not say, has a licence of its own. */
const installed = Object.keys(lockfile).filter(
  (folder) => !(nameOf(folder) in manifest.optionalDependencies) && existsSync(join(root, folder, 'package.json')),
);

test('the functions depend on what is on the list, and on nothing else', () => {
  const trees = Object.keys(atRunTime).flatMap((name) => [...treeOf(lockfile, name)]);
  const needed = Object.entries(lockfile).filter(
    ([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional,
  );

  expect(Object.keys(manifest.dependencies).sort()).toEqual(Object.keys(atRunTime).sort());
  expect(needed.map(([folder]) => folder).sort()).toEqual([...new Set(trees)].sort());
});

test('the only optional dependencies are Node itself, for each kind of machine', () => {
  for (const name of Object.keys(manifest.optionalDependencies))
    expect(name).toMatch(/^node-(?:bin-)?(?:darwin|linux|win)-(?:x64|arm64)$/);
});

test('docs/security.md names each package that the functions depend on', () => {
  const page = readPage('docs/security.md');

  expect(Object.keys(atRunTime).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('npm run sbom lists every package of the lockfile', () => {
  const bill = JSON.parse(execSync(manifest.scripts.sbom, { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 }));
  const listed = new Set(bill.components.map(({ name }: { readonly name: string }) => name));

  expect(
    Object.keys(lockfile)
      .map(nameOf)
      .filter((name) => !listed.has(name)),
  ).toEqual([]);
});

test('each version is exact', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;

  for (const version of Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test('no bundle holds anything but what is on the list and what that pulls in', async () => {
  const built = await Promise.all(
    functionNames.map((functionName) => build({ ...bundleOptions(functionName), write: false, metafile: true })),
  );
  const files = built.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  const folders = new Set(
    files.filter((file) => file.startsWith('node_modules/')).map((file) => packageFolderOf(lockfile, file)),
  );

  expect(folders.size).toBeGreaterThan(0);
  expect([...folders].filter((folder) => lockfile[folder]?.dev)).toEqual([]);
});

test('every installed package has a permissive licence, but for the tools that are named', () => {
  const others = installed
    .map((folder) => [nameOf(folder), parseLicense(join(root, folder, 'package.json'))] as const)
    .filter(([, license]) => !isPermissive(license));

  expect(installed.length).toBeGreaterThan(100);
  expect(Object.fromEntries(others)).toEqual(exceptions);
});

test('what the exceptions are needed for is development only', () => {
  const folders = Object.keys(lockfile).filter((folder) => nameOf(folder) in exceptions);

  expect(folders.filter((folder) => !lockfile[folder]?.dev)).toEqual([]);
});

describe.each(globSync('{,test/*/}package-lock.json', { cwd: root }))('%s', (file) => {
  const folder = join(root, file, '..');
  const packages = Object.entries(parseLockfile(join(root, file)));

  test('names no registry, and has an integrity hash for all that is fetched', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(packages.filter(([, { integrity, inBundle }]) => !inBundle && !integrity?.startsWith('sha512-'))).toEqual(
      [],
    );
  });

  test('needs no script of a package: those there are do not run', () => {
    const withScript = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([at]) => nameOf(at));

    // esbuild's binary comes as a package of its own; the native part of the runtime client is neither built nor used.
    expect(['esbuild', 'asynckit', 'aws-lambda-ric']).toEqual(expect.arrayContaining(withScript));
    expect(readFileSync(join(folder, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });
});
