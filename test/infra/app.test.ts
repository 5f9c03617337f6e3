import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCache } from '../support/compile-cache.ts';

const root = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'app-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, value: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(value));
  return file;
};

/** CDK's rules about templates take seconds. `synthesize` has them on, for every stack that other tests look at. */
const withoutValidation = { CDK_VALIDATION: 'false' };

const run = (args: readonly string[], context: object) => {
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 600_000,
    env: { ...compileCache, ...withoutValidation, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
  return { status, stderr };
};

/** As `cdk synth` runs the app, with this context of `cdk.json` and of `-c`. */
const synth = (context: object) => run(['infra/app.ts'], context);

const template = (stack: string) => JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8'));
const warnings = (): readonly string[] =>
  (readFileSync(join(folder, 'GreenApiLogout.metadata.json'), 'utf8').match(/"data": "[^\n]*/g) ?? []).map((line) =>
    JSON.parse(line.replace('"data": ', '').replace(/,$/, '')),
  );

test('deploys the configuration of the file that -c configuration names', () => {
  const configuration = write('prod.json', {
    context: { 'green-api-logout': { stackName: 'logout-prod', memoryMb: 384 } },
  });

  const { status } = synth({ configuration, 'green-api-logout': { stackName: 'logout-test' } });

  expect(status).toBe(0);
  const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  expect(artifacts.GreenApiLogout.properties.stackName).toBe('logout-prod');
  const [bus] = Object.values(template('GreenApiLogout').Resources).filter(
    (resource) => (resource as { Type: string }).Type === 'AWS::Events::EventBus',
  );
  expect(bus).toMatchObject({ Properties: { Name: 'logout-prod' } });
});

test.each<[string, () => string, string]>([
  ['that does not exist', () => join(folder, 'none.json'), 'none.json cannot be read: check that the file exists'],
  [
    'without the key',
    () => write('empty.json', { context: { logout: {} } }),
    'has no "green-api-logout" in its "context"',
  ],
  [
    'that is wrong',
    () => write('wrong.json', { context: { 'green-api-logout': 5 } }),
    'green-api-logout must be an object',
  ],
])('refuses a file %s', (_name, fileOf, problem) => {
  const { status, stderr } = synth({ configuration: fileOf() });

  expect(status).toBe(1);
  expect(stderr).toContain(problem);
  expect(stderr).not.toContain('    at ');
});

test('warns of a context key that looks like a misspelt one, and of no other', () => {
  const { status } = synth({ 'green-api-logouts': { stackName: 'ignored' }, '@aws-cdk/core:checkSecretUsage': true });

  expect(status).toBe(0);
  expect(warnings().filter((text) => text.includes('context key'))).toEqual([
    expect.stringContaining('The context key "green-api-logouts" is ignored. Is it "green-api-logout" misspelt?'),
  ]);
});

test('a CommonJS app can use the construct', () => {
  const app = `
    const { App, Stack } = require('aws-cdk-lib');
    const { GreenApiLogout } = require('./infra/index.ts');
    const app = new App();
    const stack = new Stack(app, 'Company');
    new GreenApiLogout(stack, 'Logout', { secretPrefix: 'company/' });
    app.synth();
  `;

  const { status } = run(['--input-type=commonjs', '-e', app], {});

  expect(status).toBe(0);
  expect(JSON.stringify(template('Company'))).toContain('secret:company/*');
});
