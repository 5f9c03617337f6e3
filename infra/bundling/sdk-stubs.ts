import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Files of the AWS SDK that do what a function never needs, and their replacements. A replacement is worth the risk at an upgrade
 * of the SDK only if it saves a measurable part of a cold start, or removes code that never runs. The build fails when the SDK
 * imports a name that is missing.
 */
export const sdkStubs: readonly { readonly file: RegExp; readonly instead: string }[] = [
  // There is no `~/.aws/config` in a function: all settings come from the environment. Each client would look for it at its
  // first call, which takes 10 ms in a function of 256 MB.
  {
    file: /node-config-provider[\\/]configLoader\.js$/,
    instead: `
      export const loadConfig = ({ environmentVariableSelector, default: otherwise }, options = {}) => async () => {
        try {
          const setting = environmentVariableSelector(process.env, options);
          if (setting !== undefined) return setting;
        } catch {
          // Like the SDK, it passes over an invalid setting.
        }
        return typeof otherwise === 'function' ? otherwise() : otherwise;
      };
    `,
  },
  // Bodies are text or bytes. To recognize files, blobs and web streams, Node would load its code for them: 3 ms of each cold start.
  {
    file: /util-body-length[\\/]calculateBodyLength\.js$/,
    instead: 'export const calculateBodyLength = (body) => (body ? Buffer.byteLength(body) : 0);',
  },
  // The SDK would also pipe each answer, for which Node creates the streams of stdout and stderr: 0.9 ms.
  {
    file: /util-stream[\\/]stream-collector\.js$/,
    instead: `
      export const streamCollector = (stream) =>
        new Promise((resolve, reject) => {
          const chunks = [];
          stream.on('data', (chunk) => chunks.push(chunk));
          stream.on('end', () => resolve(Buffer.concat(chunks)));
          stream.on('error', reject);
        });
    `,
  },
  // The hash in JavaScript, for systems without one of their own: 1.7 KB (gzip) of each bundle that Node never reaches.
  { file: /sha256[\\/]Sha256Js\.js$/, instead: 'export const Sha256Js = undefined;' },
  // A UUID of the global `crypto` would load all of WebCrypto.
  {
    file: /uuid[\\/]v4\.js$/,
    instead: "import { randomUUID } from 'node:crypto'; export const bindV4 = () => randomUUID;",
  },
];

const clientManifest = /@aws-sdk[\\/]client-[a-z0-9-]+[\\/]package\.json$/;

const versionIn = (path: string): string => {
  const { version } = JSON.parse(readFileSync(path, 'utf8'));
  return JSON.stringify({ version });
};

export const stubSdk: Plugin = {
  name: 'sdk-stubs',
  setup: (build) => {
    // Of its whole manifest, a client reads its own version.
    build.onLoad({ filter: clientManifest }, ({ path }) => ({ contents: versionIn(path), loader: 'json' }));
    for (const { file, instead } of sdkStubs)
      build.onLoad({ filter: file }, ({ path }) => ({ contents: instead, resolveDir: dirname(path) }));
  },
};
