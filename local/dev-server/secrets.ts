import { checkAwsVariables, createReadAwsVariables } from './aws-account.ts';
import { startEmulators } from './emulators.ts';
import type { Options } from './options.ts';

/** Where the secrets are, and so which GREEN-API is called. */
export type Secrets = {
  /** What makes the functions, and the AWS SDK in them, find the secrets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Puts renewed credentials into the environment. */
  readonly refresh: () => Promise<void>;
  /** The emulator for GREEN-API; missing: the real one is called. */
  readonly greenApiUrl?: string;
};

/** @param stack gets what is started */
export const findSecrets = async (where: Options['secrets'], stack: AsyncDisposableStack): Promise<Secrets> => {
  if (where === 'emulator') {
    const emulators = stack.use(await startEmulators(process.env.SECRET_PREFIX ?? ''));
    return { ...emulators, refresh: async () => {} };
  }
  const readAwsVariables = createReadAwsVariables();
  const refresh = async () => void Object.assign(process.env, await readAwsVariables());
  return { variables: await checkAwsVariables(readAwsVariables), refresh };
};
