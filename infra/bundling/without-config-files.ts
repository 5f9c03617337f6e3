import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Lets the SDK take its settings from the environment alone. A function has no `~/.aws/config`, and each client
 * would look for it at its first call, where a function of 256 MB takes 10 ms for that.
 */
export const withoutConfigFiles: Plugin = {
  name: 'without-config-files',
  setup: (build) => {
    build.onLoad({ filter: /node-config-provider[\\/]fromSharedConfigFiles\.js$/ }, ({ path }) => ({
      contents: `
        import { CredentialsProviderError } from '../property-provider/CredentialsProviderError';
        export const fromSharedConfigFiles = () => async () => {
          throw new CredentialsProviderError('There are no config files in a function');
        };
      `,
      resolveDir: dirname(path),
    }));
  },
};
