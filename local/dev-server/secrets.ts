import { checkAwsVariables, createReadAwsVariables } from './aws-account.ts';
import { startStandIns } from './emulators.ts';
import type { Options } from './options.ts';

/** Where the secrets are, and so which GREEN-API is called. */
export type Secrets = {
  /** What makes the functions, and the AWS SDK in them, find the secrets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Puts renewed credentials into the environment. */
  readonly refresh: () => Promise<void>;
  /** The stand-in for GREEN-API; missing: the real one is called. */
  readonly greenApiUrl?: string;
};

/** @param stack gets what is started */
export const findSecrets = async (where: Options['secrets'], stack: AsyncDisposableStack): Promise<Secrets> => {
  if (where === 'stand-in') {
    const standIns = stack.use(await startStandIns(process.env.SECRET_PREFIX ?? ''));
    return { ...standIns, refresh: async () => {} };
  }
  const readAwsVariables = createReadAwsVariables();
  const refresh = async () => void Object.assign(process.env, await readAwsVariables());
  return { variables: await checkAwsVariables(readAwsVariables), refresh };
};
