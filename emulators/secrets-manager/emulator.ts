import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Handle, type LoopbackServer, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { createQuota, type Quota } from '../quota.ts';
import { createFaultPlan, type Fault, type FaultPlan, faultNamed } from './faults.ts';
import { AwsError, type Operation, parseRequest, secretIdIn, sendError, sendOutput } from './protocol.ts';
import { createRotations, type InvokeRotationFunction, type Rotation, rotateSecret } from './rotation.ts';
import { createSecret, deleteSecret, describeSecret, listSecrets, tagResource, untagResource } from './secrets.ts';
import { createSecretStore, type LocalSecret, putLocalSecret, type SecretStore, tagLocalSecret } from './store.ts';
import { batchGetSecretValue, getSecretValue, putSecretValue, updateSecretVersionStage } from './versions.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
const operations = {
  GetSecretValue: getSecretValue,
  BatchGetSecretValue: batchGetSecretValue,
  ListSecrets: listSecrets,
  DescribeSecret: describeSecret,
  CreateSecret: createSecret,
  PutSecretValue: putSecretValue,
  UpdateSecretVersionStage: updateSecretVersionStage,
  RotateSecret: rotateSecret,
  TagResource: tagResource,
  UntagResource: untagResource,
  DeleteSecret: deleteSecret,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

/** One request that was understood. */
export type SecretsManagerCall = {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly operation: OperationName;
  /** As the request names it: a name, an ARN, or the prefix of names that are listed. */
  readonly secretId?: string;
};

export type SecretsManagerOptions = {
  /** @default 0, any free port */
  readonly port?: number;
  readonly secrets?: readonly LocalSecret[];
  /** `ListSecrets` requests per second; what comes above that is throttled. @default 100, AWS's quota */
  readonly listsPerSecond?: number;
  /** Calls the rotation function for `RotateSecret`. @default every rotation fails at its first step */
  readonly invokeRotationFunction?: InvokeRotationFunction;
};

export type SecretsManagerEmulator = AsyncDisposable & {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  readonly url: string;
  readonly calls: readonly SecretsManagerCall[];
  readonly clearCalls: () => void;
  /** Creates the secret, or gives the one of that name a new value, and other tags if any are given. */
  readonly put: (secret: LocalSecret) => void;
  /** Removes it at once, as if it had never been. */
  readonly remove: (name: string) => void;
  /** Adds tags, or gives them other values. @throws when there is no such secret */
  readonly tag: (name: string, tags: Readonly<Record<string, string>>) => void;
  /** A fault of `GetSecretValue` also meets that secret within a batch, where it becomes an entry of `Errors`. */
  readonly setFault: FaultPlan<OperationName>['set'];
  /** Every pass through the four steps, oldest first. */
  readonly rotations: readonly Rotation[];
  /** Goes through the four steps of an unfinished rotation again, as Secrets Manager does by itself after a while. */
  readonly reattemptRotation: (name: string) => void;
  /** Resolves when no rotation is running. */
  readonly rotationsEnded: () => Promise<void>;
  readonly close: LoopbackServer['close'];
};

const noRotationFunction: InvokeRotationFunction = () =>
  Promise.reject(new Error('the emulator was started without invokeRotationFunction'));

/**
 * AWS Secrets Manager in AWS JSON 1.1, so that the unchanged SDK reaches it. It knows no accounts, and takes any signature.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startSecretsManager = async (options: SecretsManagerOptions = {}): Promise<SecretsManagerEmulator> => {
  const { secrets = [], listsPerSecond = 100, invokeRotationFunction = noRotationFunction, ...loopback } = options;
  const store = createSecretStore();
  const plan = createFaultPlan<OperationName>();
  const rotations = createRotations(invokeRotationFunction);
  const calls: SecretsManagerCall[] = [];
  for (const secret of secrets) putLocalSecret(store, secret);

  const listQuota = createQuota(listsPerSecond);
  const handle = createHandle({ store, plan, calls, listQuota, startRotation: rotations.start });
  const { url, close } = await startLoopbackServer(handle, loopback);
  return {
    url,
    calls,
    clearCalls: () => void calls.splice(0),
    put: (secret) => putLocalSecret(store, secret),
    remove: store.remove,
    tag: (name, tags) => tagLocalSecret(store, name, tags),
    setFault: plan.set,
    rotations: rotations.all,
    reattemptRotation: (name) => rotations.reattempt(store.find(name)),
    rotationsEnded: rotations.ended,
    close,
    [Symbol.asyncDispose]: close,
  };
};

type Dependencies = {
  readonly store: SecretStore;
  readonly plan: FaultPlan<OperationName>;
  readonly calls: SecretsManagerCall[];
  readonly listQuota: Quota;
  readonly startRotation: ReturnType<typeof createRotations>['start'];
};

/** Answers each request with the result of its operation, unless a fault is in force. */
const createHandle = ({ store, plan, calls, listQuota, startRotation }: Dependencies): Handle => {
  const takeFault = (operation: OperationName, secretId: string | undefined) => {
    const secret = secretId === undefined ? undefined : store.find(secretId);
    const planned = plan.take(operation, [secretId, secret?.name, secret?.arn]);
    return planned && { delayMs: 2000, ...planned, ...faultNamed(planned.fault) };
  };

  const readingFault = (secretId: string) => {
    const fault = takeFault('GetSecretValue', secretId);
    return fault?.kind === 'error' ? fault.error : undefined;
  };

  return async (request, response) => {
    try {
      const { operation, input } = parseCall(await parseRequest(request, operations));
      const secretId = secretIdIn(input);
      calls.push({ at: Date.now(), operation, ...(secretId !== undefined && { secretId }) });
      if (operation === 'ListSecrets' && !listQuota.take()) throw new AwsError('ThrottlingException', 'Rate exceeded');
      const run = () => operations[operation]({ store, readingFault, startRotation }, input);
      const fault = takeFault(operation, secretId);
      if (fault && 'isCarriedOut' in fault) run();
      if (fault && !(await isAnsweredAfter(fault, request.socket))) return;
      sendOutput(response, run());
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      sendError(response, error);
    }
  };
};

/** Plays a fault: whether the request is still answered afterwards. @throws AwsError the fault's */
const isAnsweredAfter = async (fault: Fault & { readonly delayMs: number }, socket: Socket): Promise<boolean> => {
  if (fault.kind === 'error') throw fault.error;
  if (fault.kind === 'reset') socket.resetAndDestroy();
  if (fault.kind === 'slow') await sleep(fault.delayMs, undefined, { ref: false });
  return fault.kind !== 'hang' && fault.kind !== 'reset';
};

const parseCall = ({ operation, input }: { readonly operation: string; readonly input: unknown }) => ({
  operation: operation as OperationName,
  input,
});
