import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { commonOptions, functionNames, root } from '../bundling/bundling.ts';

/** Everything whose bundle is in the package. */
const entryPoints = [
  ...functionNames.map((name) => `functions/${name}.ts`),
  ...['cli/main.ts', 'console/page/main.tsx', 'infra/index.ts'],
];

/** The folders of the packages that are in the bundles. */
const bundledPackages = async (): Promise<readonly string[]> => {
  const { metafile } = await build({
    ...commonOptions,
    entryPoints,
    outdir: 'unused',
    write: false,
    metafile: true,
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['aws-cdk-lib', 'constructs'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  });
  const folders = Object.keys(metafile.inputs).flatMap(
    (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
};

const noticeOf = (folder: string): string => {
  const path = join(root, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const files = readdirSync(path).filter((file) => /^(?:licen[cs]e|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
};

/** The names, versions and licences of the packages that the bundles contain. */
export const thirdPartyNotices = async (): Promise<string> =>
  `The bundles in this package contain these packages.\n\n${(await bundledPackages()).map(noticeOf).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
