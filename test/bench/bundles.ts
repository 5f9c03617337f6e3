import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { bundleOptions } from '../../infra/bundling/bundling.ts';

export type Bundle = {
  readonly name: string;
  /** What Lambda would call the task root: it holds `index.mjs`. */
  readonly folder: string;
  readonly gzipBytes: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** How long its first caller waits for a confirmation, in seconds. @default 0, because no peer confirms anything */
  readonly wait?: number;
  /** Whether one process can serve many instances: middy's secrets middleware knows one secret. */
  readonly instances: 'many' | 'one';
};

const peerOptions: BuildOptions = {
  absWorkingDir: import.meta.dirname,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  logLevel: 'error',
};

/** What esbuild's users put before an ES module that holds CommonJS. */
const requireBanner = {
  js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};

/** GREEN-API's packages know one host. Here they must call the emulator. */
const ownHost: BuildOptions['plugins'] = [
  {
    name: 'green-api-host',
    setup: ({ onLoad }) =>
      onLoad({ filter: /@green-api[\\/].*client\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replaceAll('"https://api.green-api.com"', 'process.env.GREEN_API_URL'),
      })),
  },
];

const peers: readonly (Pick<Bundle, 'name'> &
  Partial<Bundle> & { readonly entry: string; readonly commonJs?: true })[] = [
  { name: 'empty handler', entry: 'empty' },
  { name: 'bare node:https, token in the environment', entry: 'bare' },
  { name: 'AWS SDK + node:https', entry: 'sdk' },
  { name: 'middy + 4 middlewares + AWS SDK + fetch', entry: 'middy-fetch', instances: 'one' },
  { name: 'AWS SDK + axios', entry: 'sdk-axios', commonJs: true },
  { name: 'AWS SDK + @green-api/whatsapp-api-client-js-v2', entry: 'green-api-js-v2', commonJs: true },
  { name: 'AWS SDK + @green-api/greenapi-integration', entry: 'green-api-integration', commonJs: true },
];

const gzipBytes = (folder: string): number => gzipSync(readFileSync(join(folder, 'index.mjs')), { level: 9 }).length;

const buildPeer = async (outFolder: string, { entry, commonJs, name, instances = 'many' }: (typeof peers)[number]) => {
  const folder = join(outFolder, entry);
  await build({
    ...peerOptions,
    entryPoints: [`peers/${entry}.ts`],
    outfile: join(folder, 'index.mjs'),
    ...(commonJs && { banner: requireBanner }),
    plugins: ownHost,
  });
  return { name, folder, instances, gzipBytes: gzipBytes(folder) };
};

/**
 * This project's function with nothing, the host, or the credential made ready during init, then what it is measured against.
 *
 * @param standIns the environment that leads to them
 */
export const buildBundles = async (
  outFolder: string,
  { ALLOWED_API_HOSTS = '' }: Readonly<Record<string, string>>,
): Promise<readonly Bundle[]> => {
  const folder = join(outFolder, 'logout');
  await build({ ...bundleOptions('logout'), outfile: join(folder, 'index.mjs') });
  const ours = { folder, gzipBytes: gzipBytes(folder), instances: 'many' } as const;
  return [
    { ...ours, name: 'green-api-logout' },
    { ...ours, name: 'green-api-logout, host ready', environment: { WARM_HOSTS: ALLOWED_API_HOSTS } },
    { ...ours, name: 'green-api-logout, credential ready', environment: { WARM_INSTANCES: '1101000001' } },
    { ...ours, name: 'green-api-logout, confirmed, with event', environment: { EVENT_BUS: 'outcomes' }, wait: 5 },
    {
      ...ours,
      name: 'green-api-logout, confirmed twice, with event',
      environment: { EVENT_BUS: 'outcomes' },
      wait: 10,
    },
    ...(await Promise.all(peers.map((peer) => buildPeer(outFolder, peer)))),
  ];
};
