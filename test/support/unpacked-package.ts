import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCache } from './compile-cache.ts';

const root = join(__dirname, '..', '..');

/**
 * The package as `npm run package` writes it, unpacked in an app beside its peers.
 *
 * @param peersFrom the folder that has the peers installed @default this project's
 */
export const unpackPackage = (peersFrom = join(root, 'node_modules')) => {
  const app = mkdtempSync(join(tmpdir(), 'package-'));
  const file = execFileSync(process.execPath, [join(root, 'infra/packaging/main.ts'), app], {
    encoding: 'utf8',
    env: { ...process.env, ...compileCache },
  }).trim();
  const modules = join(app, 'node_modules');
  mkdirSync(modules);
  execFileSync('tar', ['-xzf', file, '-C', modules]);
  execFileSync('mv', [join(modules, 'package'), join(modules, 'green-api-logout')]);
  for (const peer of ['aws-cdk-lib', 'constructs']) symlinkSync(join(peersFrom, peer), join(modules, peer));
  const folder = join(modules, 'green-api-logout');
  return {
    file,
    folder,
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
    topLevel: readdirSync(folder).sort(),
    /** The sample apps, which then find the package in the folder of the app. */
    copyExamples: () => cpSync(join(root, 'examples'), join(app, 'examples'), { recursive: true }),
    modules: (name: string) => join(modules, name),
    write: (name: string, text: string) => writeFileSync(join(app, name), text),
    /** Runs a file of the app; as under `cdk synth`, it writes its templates into `cdk.out`. */
    run: (args: readonly string[], variables: Readonly<Record<string, string>> = {}) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        cwd: app,
        encoding: 'utf8',
        timeout: 600_000,
        env: { ...compileCache, ...variables, CDK_OUTDIR: join(app, 'cdk.out') },
      });
      return { status, stdout, stderr };
    },
    check: (...args: readonly string[]) =>
      spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--singleThreaded', ...args], {
        cwd: app,
        encoding: 'utf8',
        timeout: 600_000,
        // The compiler ends before it needs to collect garbage.
        env: { ...process.env, GOGC: 'off' },
      }).stdout,
    readOutput: (name: string) => JSON.parse(readFileSync(join(app, 'cdk.out', name), 'utf8')),
    remove: () => rmSync(app, { recursive: true }),
  };
};
