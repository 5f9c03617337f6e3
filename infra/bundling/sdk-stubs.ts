import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/** Files of the AWS SDK whose work a function never needs, and what stands in for each: more than 20 KB of every bundle. */
export const sdkStubs: readonly { readonly file: RegExp; readonly instead: string }[] = [
  // There is no `~/.aws/config` in a function: all settings come from the environment. Each client would look for it at its
  // first call, where a function of 256 MB takes 10 ms for that.
  {
    file: /node-config-provider[\\/]configLoader\.js$/,
    instead: `
      export const loadConfig = ({ environmentVariableSelector, default: otherwise }, options = {}) => async () => {
        try {
          const setting = environmentVariableSelector(process.env, options);
          if (setting !== undefined) return setting;
        } catch {
          // As the SDK does, it passes over what is no setting.
        }
        return typeof otherwise === 'function' ? otherwise() : otherwise;
      };
    `,
  },
  // Nor does it run on EC2, which would tell it the region.
  {
    file: /regionConfig[\\/]getInstanceMetadataRegion\.js$/,
    instead: 'export const getInstanceMetadataRegion = async () => undefined;',
  },
  // It has one invocation at a time, and the environment tells that one's trace.
  {
    file: /lambda-invoke-store[\\/]dist-es[\\/]invoke-store\.js$/,
    instead: 'export const InvokeStore = { getInstanceAsync: async () => undefined };',
  },
  // All it sends and gets is text or bytes. To tell files, blobs and web streams apart, Node would load its code for them: 3 ms
  // of each cold start.
  {
    file: /util-body-length[\\/]calculateBodyLength\.js$/,
    instead: 'export const calculateBodyLength = (body) => (body ? Buffer.byteLength(body) : 0);',
  },
  {
    file: /util-stream[\\/]stream-type-check\.js$/,
    instead: 'export const isReadableStream = () => false; export const isBlob = () => false;',
  },
  // Its Node has the hash built in, and is new enough; a UUID of the global `crypto` would load all of WebCrypto.
  { file: /sha256[\\/]Sha256Js\.js$/, instead: 'export const Sha256Js = undefined;' },
  {
    file: /uuid[\\/]v4\.js$/,
    instead: "import { randomUUID } from 'node:crypto'; export const bindV4 = () => randomUUID;",
  },
  {
    file: /client[\\/]emitWarningIfUnsupportedVersion\.js$/,
    instead: 'export const emitWarningIfUnsupportedVersion = () => {}; export const state = {};',
  },
  // Signatures of event streams, and of requests to many regions at once: no endpoint here takes either.
  { file: /signature-v4[\\/]dist-es[\\/]HeaderFormatter\.js$/, instead: 'export class HeaderFormatter {}' },
  {
    file: /signature-v4-multi-region[\\/]dist-es[\\/]index\.js$/,
    instead: `
      import { SignatureV4 } from '@smithy/signature-v4';
      export class SignatureV4MultiRegion extends SignatureV4 {
        static sigv4aDependency = () => 'none';
      }
    `,
  },
  // Names of buckets.
  {
    file: /service-customizations[\\/]index\.js$/,
    instead: 'export const resolveParamsForS3 = async (parameters) => parameters;',
  },
  // Extensions of a client: none has any.
  {
    file: /client-[a-z-]+[\\/]dist-es[\\/]runtimeExtensions\.js$/,
    instead: 'export const resolveRuntimeExtensions = (config) => config;',
  },
  // Retries at a rate that is learned from a service that throttles: the standard ones do.
  {
    file: /util-retry[\\/]AdaptiveRetryStrategy\.js$/,
    instead: "export { StandardRetryStrategy as AdaptiveRetryStrategy } from './StandardRetryStrategy';",
  },
];

const clientPackage = /@aws-sdk[\\/]client-[a-z-]+[\\/]package\.json$/;

const versionIn = (path: string): string => {
  const { version } = JSON.parse(readFileSync(path, 'utf8'));
  return JSON.stringify({ version });
};

/** The build fails when the SDK wants a name that is missing. */
export const stubSdk: Plugin = {
  name: 'left-out',
  setup: (build) => {
    for (const { file, instead } of sdkStubs)
      build.onLoad({ filter: file }, ({ path }) => ({ contents: instead, resolveDir: dirname(path) }));
    // Of all that stands in its package, a client wants to know its own version.
    build.onLoad({ filter: clientPackage }, ({ path }) => ({ contents: versionIn(path), loader: 'json' }));
  },
};
