/** What the published manifest takes from this project's. */
export type ProjectManifest = {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly repository?: unknown;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** What an app has already; the construct must use the same copy. The version is the least that was tested. */
const peers = ['aws-cdk-lib', 'constructs'] as const;

/** The manifest of the package: no scripts, no dependencies but the peers, one entry for ES modules and CommonJS alike. */
export const publishedManifest = (project: ProjectManifest, bin: string): object => {
  const { name, version, description, license, engines, repository, devDependencies } = project;
  return {
    name,
    version,
    description,
    license,
    ...(repository !== undefined && { repository }),
    keywords: ['aws-cdk', 'green-api', 'whatsapp', 'logout', 'offboarding'],
    engines,
    bin: { [name]: bin },
    main: './lib/index.js',
    types: './lib/index.d.ts',
    exports: {
      '.': { types: './lib/index.d.ts', default: './lib/index.js' },
      './package.json': './package.json',
    },
    peerDependencies: Object.fromEntries(peers.map((peer) => [peer, `^${devDependencies[peer]}`])),
  };
};
