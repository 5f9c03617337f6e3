import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { functionNames } from '../../infra/bundling/bundling.ts';
import type { OutputKey } from '../../infra/constructs/outputs.ts';
import { packFolder } from '../../infra/packaging/pack-folder.ts';
import { deadLinksOf, fencesOf, pagesIn, readPage } from '../support/markdown.ts';
import { unpackPackage } from '../support/unpacked-package.ts';

const unpacked = unpackPackage();
afterAll(() => unpacked.remove());

const commandLine = join(unpacked.folder, unpacked.manifest.bin['green-api-logout']);

/** Runs a file of the app while a folder of `dist` is missing. */
const runWithout = (name: string, ...args: readonly string[]) => {
  const built = join(unpacked.folder, 'dist', name);
  renameSync(built, `${built}.away`);
  const result = unpacked.run(args);
  renameSync(`${built}.away`, built);
  return result;
};

/** What the README shows: ten lines of somebody else's app. */
const app = `
import { App, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { GreenApiLogout } from 'green-api-logout';

const stack = new Stack(new App(), 'Company');
const alarmTopic = new Topic(stack, 'OnCall');
const logout = new GreenApiLogout(stack, 'Logout', { secretPrefix: 'company/', alarmTopic });
const phoneDesk = new Role(stack, 'PhoneDesk', { assumedBy: new AccountPrincipal('111122223333') });
logout.grantLogout(phoneDesk, '1101000001');
`;

/** Every declaration is checked, those of the CDK too, which need a newer library than the target has. */
const strictly = [
  '--noEmit',
  '--allowImportingTsExtensions',
  '--strict',
  '--module',
  'nodenext',
  '--lib',
  'es2024,esnext.disposable',
];

/** The outputs that commands read of each deployment, whatever its props. */
const readByCommands: readonly OutputKey[] = [
  ...(['Endpoint', 'Authorization', 'SecretPrefix', 'EventBus', 'RunFunction', 'WatchFunction'] as const),
  ...(['RunDeadLetters', 'ScheduleFailed', 'OffboardingFailed', 'EvidenceLogGroup'] as const),
];

const asCommonJs = app.replace(/^import (\{.*\}) from ('.*');$/gm, 'const $1 = require($2);');

/** CDK's rules about templates take seconds. `synthesize` has them on, for every stack that other tests look at. */
const withoutValidation = { CDK_VALIDATION: 'false' };

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };

const resourcesOf = (type: string) =>
  Object.entries<Resource>(unpacked.readOutput('Company.template.json').Resources).flatMap(
    ([id, { Type, Properties }]) => (Type === type ? [{ id, properties: Properties }] : []),
  );

test('the package is one tarball, named by its version', () => {
  expect(basename(unpacked.file)).toBe(`green-api-logout-${unpacked.manifest.version}.tgz`);
});

test('the same contents give the same bytes, whenever they are written and whatever their order and permissions', () => {
  const [again, out] = [join(unpacked.folder, '..', 'again'), join(unpacked.folder, '..', 'out')];
  mkdirSync(out);
  const paths = readdirSync(unpacked.folder, { recursive: true, encoding: 'utf8' }).sort().reverse();
  for (const path of paths) cpSync(join(unpacked.folder, path), join(again, path), { recursive: true });
  execFileSync('chmod', ['-R', 'go-rwx', again]);

  packFolder(again, out);

  const file = join(out, basename(unpacked.file));
  expect(readFileSync(file).equals(readFileSync(unpacked.file))).toBe(true);
});

test('the package holds the construct, the bundles, the command line and the documents, and no source', () => {
  expect(unpacked.topLevel).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.txt', 'dist', 'docs', 'lib', 'package.json']),
  );
  expect(unpacked.topLevel.filter((name) => /^(?:local|functions|infra|node_modules|package-lock)/.test(name))).toEqual(
    [],
  );
  expect(readdirSync(join(unpacked.folder, 'test'), { recursive: true }).sort()).toEqual([
    'bench',
    join('bench', 'EVENT-HOOK.md'),
    join('bench', 'RESULTS.md'),
  ]);
});

test('every link of a page in the package leads to a file of the package', () => {
  const packed = pagesIn(unpacked.folder);

  expect(packed).toEqual(expect.arrayContaining(['README.md', join('docs', 'performance.md')]));
  expect(packed.flatMap((page) => deadLinksOf(page, unpacked.folder))).toEqual([]);
});

test('its manifest asks for the peers and for nothing else, and runs no script', () => {
  const { manifest } = unpacked;

  const { dependencies: oldest } = JSON.parse(readFileSync(join(__dirname, '../load/package.json'), 'utf8'));
  expect(manifest.peerDependencies).toEqual({
    'aws-cdk-lib': `^${oldest['aws-cdk-lib']}`,
    constructs: `^${oldest.constructs}`,
  });
  expect(manifest).not.toMatchObject({ scripts: expect.anything() });
  for (const field of ['scripts', 'dependencies', 'devDependencies', 'optionalDependencies', 'private'])
    expect(manifest).not.toHaveProperty(field);
  expect(Object.keys(manifest.exports['.'])).toEqual(['types', 'default']);
});

describe.each([
  ['an app of ES modules', 'module', 'app.ts', app],
  ['a CommonJS app', 'commonjs', 'app.cjs', asCommonJs],
])('%s', (_name, type, file, text) => {
  test('synthesizes the construct, with its own topic and a role that may log one instance out', () => {
    unpacked.write('package.json', JSON.stringify({ type }));
    unpacked.write(file, text);

    const { status, stderr } = unpacked.run([file], withoutValidation);

    expect([status, stderr]).toEqual([0, '']);
    expect(resourcesOf('AWS::Lambda::Function')).toHaveLength(
      functionNames.length - ['scim', 'webhook', 'desk', 'evidence-vault', 'rotate-token'].length,
    );
    const [policy] = resourcesOf('AWS::IAM::Policy').filter(({ id }) => id.startsWith('PhoneDesk'));
    expect(JSON.stringify(policy)).toContain('/POST/instances/1101000001/logout');
    const alarms = resourcesOf('AWS::CloudWatch::Alarm');
    expect(JSON.stringify(alarms.map(({ properties }) => properties.AlarmActions))).toMatch(
      /^\[(?:\[\{"Ref":"OnCall\w+"\}\],?)+\]$/,
    );
  });
});

const examples = fencesOf(readPage('docs/construct.md'))
  .filter(({ language }) => language === 'ts')
  .map(({ text }) => text)
  .join('\n');

describe('types', () => {
  const wrong = "new GreenApiLogout(stack, 'Wrong', { secretPrefix: 5 });";
  const checked = `${app}\n// @ts-expect-error a prefix is a text\n${wrong}\n`;
  const files = {
    'an ES module': 'checked.mts',
    'a CommonJS module': 'checked.cts',
    'docs/construct.md': 'examples.mts',
    'the smallest sample app': 'examples/smallest/app.ts',
    'the sample app of a company': 'examples/company/app.ts',
  };
  let problems: readonly string[];

  // At once: the checker reads the declarations of the CDK for seconds.
  beforeAll(() => {
    unpacked.write('checked.mts', checked);
    unpacked.write('checked.cts', checked);
    unpacked.write('examples.mts', examples);
    unpacked.copyExamples();
    problems = unpacked.check(...Object.values(files), ...strictly).split('\n');
  });

  test.each(Object.entries(files))('fit the construct in %s, and a wrong one would not', (_name, file) => {
    expect(problems.filter((line) => line.startsWith(file))).toEqual([]);
  });

  test('are right in every declaration', () => {
    expect(problems).toEqual(['']);
  });
});

describe('the examples of docs/construct.md', () => {
  test('add every output that the command line reads of each deployment', () => {
    unpacked.write('package.json', JSON.stringify({ type: 'module' }));
    unpacked.write('examples.ts', examples);

    const { status, stderr } = unpacked.run(['examples.ts'], withoutValidation);

    expect([status, stderr]).toEqual([0, '']);
    const { Outputs } = unpacked.readOutput('Security.template.json');
    expect(Object.keys(Outputs)).toEqual(expect.arrayContaining([...readByCommands]));
  });
});

test('the command line runs', () => {
  const { status, stdout } = unpacked.run([commandLine, '--version']);

  expect([status, stdout.trim()]).toEqual([0, unpacked.manifest.version]);
});

test('names the licence of every bundled package', () => {
  const { stdout } = unpacked.run([
    '-p',
    "require('node:fs').readFileSync('node_modules/green-api-logout/THIRD-PARTY-NOTICES.txt', 'utf8')",
  ]);

  for (const name of ['@middy/core', '@aws-sdk/client-secrets-manager', 'valibot', 'commander', 'preact', 'croner'])
    expect(stdout).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:MIT|Apache-2.0|ISC)\\)$`, 'm'));
});

test('a missing bundle is one clear error, which asks to install the package again', () => {
  unpacked.write('package.json', JSON.stringify({ type: 'commonjs' }));
  unpacked.write('app.cjs', asCommonJs);

  const { status, stderr } = runWithout('run', 'app.cjs');

  expect(status).not.toBe(0);
  expect(stderr).toMatch(
    /The bundle of the function run is missing: .*\. Install the package green-api-logout again\./,
  );
});

test('without the page of the console, the command line asks to install the package again', () => {
  const { status, stderr } = runWithout('console', commandLine, 'console', '--url', 'http://127.0.0.1:1');

  expect([status, stderr]).toEqual([
    1,
    'The page of the console is missing. Install the package green-api-logout again.\n',
  ]);
});
