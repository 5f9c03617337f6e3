/** `npm run package`, after the build: writes the tarball into the project's folder, or into the folder given. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import project from '../../package.json' with { type: 'json' };
import { commonOptions, functionNames, root } from '../bundling/bundling.ts';
import { distFolder } from '../bundling/dist-folder.ts';
import { writeDeclarations } from './declarations.ts';
import { thirdPartyNotices } from './notices.ts';
import { packFolder } from './pack-folder.ts';

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

const { name, version, description, license, engines, peerDependencies } = project;
const { repository }: { readonly name: string; readonly repository?: unknown } = project;

/** The manifest of the package: no scripts, no dependencies but the peers, one entry for ES modules and CommonJS alike. */
const manifest = {
  name,
  version,
  description,
  license,
  repository,
  keywords: ['aws-cdk', 'green-api', 'whatsapp', 'logout', 'offboarding'],
  engines,
  bin: { [name]: bin },
  main: './lib/index.js',
  types: './lib/index.d.ts',
  exports: {
    '.': { types: './lib/index.d.ts', default: './lib/index.js' },
    './package.json': './package.json',
  },
  // What an app has already; the construct must use the same copy. The versions are the oldest that are tested.
  peerDependencies,
};

/** @throws when something was not built */
const copyBundles = (folder: string): void => {
  for (const name of [...functionNames, 'cli', 'console']) {
    const built = join(distFolder, name);
    if (!existsSync(built)) throw new Error(`${built} is missing. Run: npm run build`);
    cpSync(built, join(folder, 'dist', name), { recursive: true });
  }
};

/** One CommonJS file, which every Node from 20 on loads by `import` and by `require`. */
const buildConstruct = (folder: string) =>
  build({
    ...commonOptions,
    entryPoints: ['infra/index.ts'],
    outfile: join(folder, 'lib', 'index.js'),
    target: 'node20',
    format: 'cjs',
    external: ['aws-cdk-lib', 'constructs'],
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

/**
 * Writes the package as a tarball, the same bytes whenever it is written: the construct, the bundles of the functions, the command line, the console and the documents.
 *
 * @param outFolder an existing folder
 * @returns the path of the tarball
 * @throws when something was not built
 */
const createPackage = async (outFolder: string): Promise<string> => {
  const temporary = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    const folder = join(temporary, 'package');
    mkdirSync(folder);
    copyBundles(folder);
    await buildConstruct(folder);
    writeDeclarations(root, 'infra/index', join(folder, 'lib'), join(temporary, 'types'));
    for (const path of documents)
      if (existsSync(join(root, path))) cpSync(join(root, path), join(folder, path), { recursive: true });
    writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), await thirdPartyNotices());
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    packFolder(folder, outFolder);
    return join(outFolder, `${name}-${version}.tgz`);
  } finally {
    rmSync(temporary, { recursive: true });
  }
};

try {
  console.log(await createPackage(process.argv[2] ?? root));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
