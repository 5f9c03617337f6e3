import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What npm's lockfile says of one package. https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export type LockedPackage = {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly dev?: true;
  readonly optional?: true;
  /** Both: something of run time names it as an optional peer. */
  readonly devOptional?: true;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: true;
  /** It came within the package that holds it. */
  readonly inBundle?: true;
};

/** By the folder each is installed in: `node_modules/…`. */
export type Lockfile = Readonly<Record<string, LockedPackage>>;

export const parseLockfile = (file: string): Lockfile => {
  const { '': _project, ...packages } = JSON.parse(readFileSync(file, 'utf8')).packages;
  return packages;
};

/** Where `name` is found from a folder, as Node looks for it. */
const find = (lockfile: Lockfile, from: string, name: string): string => {
  const here = `${from}/node_modules/${name}`;
  if (here in lockfile) return here;
  const at = from.lastIndexOf('/node_modules/');
  return at < 0 ? `node_modules/${name}` : find(lockfile, from.slice(0, at), name);
};

/** The folders of a package and of all it pulls in. */
export const treeOf = (lockfile: Lockfile, name: string): ReadonlySet<string> => {
  const tree = new Set<string>();
  const add = (folder: string) => {
    if (tree.has(folder)) return;
    tree.add(folder);
    for (const needed of Object.keys(lockfile[folder]?.dependencies ?? {})) add(find(lockfile, folder, needed));
  };
  add(`node_modules/${name}`);
  return tree;
};

/** The folder of the package that a file under `node_modules` belongs to. */
export const packageFolderOf = (lockfile: Lockfile, file: string): string =>
  file in lockfile ? file : packageFolderOf(lockfile, dirname(file));

type Manifest = { readonly license?: string; readonly licenses?: readonly { readonly type: string }[] };

/** What the `package.json` of an installed package names, also in the form of long ago. */
export const parseLicense = (manifestFile: string): string => {
  const { license, licenses }: Manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  return license ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'none';
};
