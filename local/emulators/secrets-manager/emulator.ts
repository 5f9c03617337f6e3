import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { createAnswer, type SecretsManagerCall } from './answer.ts';
import { createFaultPlan, type FaultPlan } from './fault-plan.ts';
import { type LocalSecret, putLocalSecret, tagLocalSecret } from './local-secret.ts';
import { createSecretStore } from './secret-store.ts';

export type SecretsManagerOptions = {
  /** @default 0, any free port */
  readonly port?: number;
  readonly secrets?: readonly LocalSecret[];
};

export type SecretsManagerEmulator = AsyncDisposable & {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  readonly url: string;
  readonly calls: readonly SecretsManagerCall[];
  readonly clearCalls: () => void;
  /** Makes the secret, or gives the one of that name a new value, and other tags if any are given. */
  readonly put: (secret: LocalSecret) => void;
  /** Removes it at once, as if it had never been. */
  readonly remove: (name: string) => void;
  /** Adds tags, or gives them other values. @throws when there is no such secret */
  readonly tag: (name: string, tags: Readonly<Record<string, string>>) => void;
  /** A fault of `GetSecretValue` also meets that secret within a batch, where it becomes an entry of `Errors`. */
  readonly setFault: FaultPlan['set'];
  readonly close: LoopbackServer['close'];
};

/**
 * AWS Secrets Manager in AWS JSON 1.1, so that the unchanged SDK reaches it. It knows no accounts, and takes any signature.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startSecretsManager = async (options: SecretsManagerOptions = {}): Promise<SecretsManagerEmulator> => {
  const { secrets = [], ...loopback } = options;
  const store = createSecretStore();
  const plan = createFaultPlan();
  let calls: SecretsManagerCall[] = [];
  for (const secret of secrets) putLocalSecret(store, secret);

  const answer = createAnswer({ store, plan, record: (call) => calls.push(call) });
  const { url, close } = await startLoopbackServer(answer, loopback);
  return {
    url,
    get calls() {
      return calls;
    },
    clearCalls: () => {
      calls = [];
    },
    put: (secret) => putLocalSecret(store, secret),
    remove: store.remove,
    tag: (name, tags) => tagLocalSecret(store, name, tags),
    setFault: plan.set,
    close,
    [Symbol.asyncDispose]: close,
  };
};
