import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError, startAwsJson } from '../aws-json.ts';
import { createFaultPlan } from '../fault-plan.ts';
import { createQuota } from '../quota.ts';
import { type FaultName, type FaultOptions, faults } from './faults.ts';
import { secretIdIn } from './protocol.ts';
import { createRotations, type InvokeRotationFunction, rotateSecret } from './rotation.ts';
import { secretOperations } from './secrets.ts';
import { createSecretStore, type LocalSecret } from './store.ts';
import { versionOperations } from './versions.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
const operations = { ...versionOperations, ...secretOperations, RotateSecret: rotateSecret };

type OperationName = keyof typeof operations;

/** One request that was understood. */
type SecretsManagerCall = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly operation: OperationName;
  /** As the request names it: a name, an ARN, or the prefix of names that are listed. */
  readonly secretId?: string;
};

type SecretsManagerOptions = {
  /** @default 0, any free port */
  readonly port?: number;
  readonly secrets?: readonly LocalSecret[];
  /** `ListSecrets` requests per second; what comes above that is throttled. @default 100, AWS's quota */
  readonly listsPerSecond?: number;
  /** The clock of that quota, in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Calls the rotation function for `RotateSecret`. @default every rotation fails at its first step */
  readonly invokeRotationFunction?: InvokeRotationFunction;
};

const noRotationFunction: InvokeRotationFunction = () =>
  Promise.reject(new Error('the emulator was started without invokeRotationFunction'));

/**
 * AWS Secrets Manager, reached through `AWS_ENDPOINT_URL_SECRETS_MANAGER`.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startSecretsManager = async (options: SecretsManagerOptions = {}) => {
  const { secrets = [], listsPerSecond = 100, now, invokeRotationFunction = noRotationFunction, ...loopback } = options;
  const store = createSecretStore();
  const plan = createFaultPlan<OperationName, FaultOptions & { readonly name: FaultName }>();
  const rotations = createRotations(invokeRotationFunction);
  const calls: SecretsManagerCall[] = [];
  const listQuota = createQuota(listsPerSecond, now);
  for (const secret of secrets) store.put(secret);

  const takeFault = (operation: OperationName, secretId: string | undefined) => {
    const secret = secretId === undefined ? undefined : store.find(secretId);
    const planned = plan.take(operation, secretId, secret?.name, secret?.arn);
    return planned && { delayMs: 2000, ...planned, ...faults[planned.name] };
  };

  const readingFault = (secretId: string) => takeFault('GetSecretValue', secretId)?.error;

  /** Answers with the result of the operation, unless a fault is in force. */
  const answer = async (operation: OperationName, input: unknown, { socket }: { readonly socket: Socket }) => {
    const secretId = secretIdIn(input);
    calls.push({ at: Date.now(), operation, ...(secretId !== undefined && { secretId }) });
    if (operation === 'ListSecrets' && !listQuota.take()) throw new AwsError('ThrottlingException', 'Rate exceeded');
    const run = () => operations[operation]({ store, readingFault, startRotation: rotations.start }, input);
    const fault = takeFault(operation, secretId);
    if (fault?.isCarriedOut) run();
    if (fault?.error) throw fault.error;
    if (fault?.kind === 'reset') socket.resetAndDestroy();
    if (fault?.kind === 'slow') await sleep(fault.delayMs, undefined, { ref: false });
    return fault?.kind === 'hang' || fault?.kind === 'reset' ? undefined : run();
  };

  const names = Object.keys(operations) as OperationName[];
  const server = await startAwsJson({ target: 'secretsmanager', operations: names, answer }, loopback);
  return {
    ...server,
    calls: calls as readonly SecretsManagerCall[],
    clearCalls: (): void => void calls.splice(0),
    put: store.put,
    remove: store.remove,
    tag: store.tag,
    /**
     * `'*'` is every operation; `undefined` clears. A fault of `GetSecretValue` also meets that secret within a batch, where it becomes
     * an entry of `Errors`.
     */
    setFault: (operation: OperationName | '*', name: FaultName | undefined, options: FaultOptions = {}): void =>
      plan.set(operation, options.secretId, name && { name, ...options }),
    /** Every pass through the four steps, oldest first. */
    rotations: rotations.all,
    /** Goes through the four steps of an unfinished rotation again, as Secrets Manager does by itself after a while. */
    reattemptRotation: (name: string): void => rotations.reattempt(store.find(name)),
    /** Resolves when no rotation is running. */
    rotationsEnded: rotations.ended,
  };
};

export type SecretsManagerEmulator = Awaited<ReturnType<typeof startSecretsManager>>;
