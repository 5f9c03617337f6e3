import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { functionNames, root } from '../bundling/bundling.ts';
import { distFolder } from '../bundling/dist-folder.ts';
import { writeDeclarations } from './declarations.ts';
import { type ProjectManifest, publishedManifest } from './manifest.ts';
import { thirdPartyNotices } from './notices.ts';
import { writeTarball } from './write-tarball.ts';

const bin = './dist/cli/main.mjs';

/** Copied as they are, to the same paths, so that the links between them work in the package. */
const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'SECURITY.md',
  'openapi.yaml',
  'docs',
  'examples',
  'emulators/README.md',
  'test/bench/RESULTS.md',
  'test/bench/EVENT-HOOK.md',
];

const readManifest = (): ProjectManifest => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @throws when something was not built */
const copyBundles = (folder: string): void => {
  for (const name of [...functionNames, 'cli', 'console']) {
    const built = join(distFolder, name);
    if (!existsSync(built)) throw new Error(`${built} is missing. Run: npm run build`);
    cpSync(built, join(folder, 'dist', name), { recursive: true });
  }
};

/** One CommonJS file, which every Node from 20 on loads by `import` and by `require`. */
const buildConstruct = async (folder: string, { repository }: ProjectManifest): Promise<void> => {
  await build({
    absWorkingDir: root,
    entryPoints: ['infra/index.ts'],
    outfile: join(folder, 'lib', 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['aws-cdk-lib', 'constructs'],
    legalComments: 'none',
    logLevel: 'warning',
    // The bundles are found from the folder of a source file two levels below the package.
    banner: { js: "const sourceFolder = require('node:path').join(__dirname, '..', 'infra', 'bundling');" },
    define: { 'import.meta.dirname': 'sourceFolder' },
    plugins: [
      {
        name: 'own-manifest',
        setup: ({ onLoad }) =>
          onLoad({ filter: /[\\/]package\.json$/ }, () => ({
            contents: JSON.stringify({ repository }),
            loader: 'json',
          })),
      },
    ],
  });
};

/**
 * Writes the package as a tarball, the same bytes whenever it is written: the construct, the bundles of the functions, the command line, the console and the documents.
 *
 * @param outFolder an existing folder
 * @returns the path of the tarball
 * @throws when something was not built
 */
export const createPackage = async (outFolder: string): Promise<string> => {
  const temporary = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    const folder = join(temporary, 'package');
    mkdirSync(folder);
    const project = readManifest();
    copyBundles(folder);
    await buildConstruct(folder, project);
    writeDeclarations(root, 'infra/index', join(folder, 'lib'), join(temporary, 'types'));
    for (const name of documents)
      if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true });
    writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), await thirdPartyNotices());
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(project, bin), null, 2)}\n`);
    const file = join(outFolder, `${project.name}-${project.version}.tgz`);
    writeTarball(file, folder, [bin.replace('./', '')]);
    return file;
  } finally {
    rmSync(temporary, { recursive: true });
  }
};
