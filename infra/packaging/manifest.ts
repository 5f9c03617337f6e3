/** What the published manifest takes from this project's. */
export type ProjectManifest = {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly repository?: unknown;
  /** What an app has already; the construct must use the same copy. The versions are the oldest that are tested. */
  readonly peerDependencies: Readonly<Record<string, string>>;
};

/** The manifest of the package: no scripts, no dependencies but the peers, one entry for ES modules and CommonJS alike. */
export const publishedManifest = (project: ProjectManifest, bin: string): object => {
  const { name, version, description, license, engines, repository, peerDependencies } = project;
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
    peerDependencies,
  };
};
