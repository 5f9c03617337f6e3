import { randomBytes, randomUUID } from 'node:crypto';

export type SecretValue = {
  readonly secretString?: string | undefined;
  /** base64 */
  readonly secretBinary?: string | undefined;
};

export type Version = {
  readonly versionId: string;
  readonly createdAtMs: number;
  readonly stages: Set<string>;
  /** Missing until `PutSecretValue` fills a version that `RotateSecret` began. */
  value: SecretValue | undefined;
};

/** A tag may have no value. */
export type Tags = ReadonlyMap<string, string | undefined>;

export type Secret = {
  /** Grows with each secret created: the order in which they are listed. */
  readonly serial: number;
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly createdAtMs: number;
  changedAtMs: number;
  rotatedAtMs?: number;
  rotationFunctionArn?: string;
  /** The end of the recovery window of a secret that is marked for deletion. */
  deletionAtMs?: number;
  tags: Tags;
  readonly versions: Map<string, Version>;
};

export const currentStage = 'AWSCURRENT';
const previousStage = 'AWSPREVIOUS';
export const pendingStage = 'AWSPENDING';

export const versionAt = (secret: Secret, stage: string): Version | undefined =>
  [...secret.versions.values()].find(({ stages }) => stages.has(stage));

/** Attaches the stage to one version only. The version that `AWSCURRENT` leaves becomes `AWSPREVIOUS`. */
export const moveStage = (secret: Secret, stage: string, to: Version): void => {
  const from = versionAt(secret, stage);
  from?.stages.delete(stage);
  to.stages.add(stage);
  if (stage === currentStage && from && from !== to) moveStage(secret, previousStage, from);
};

/** Adds a version, or gives the one of that id its value, and moves the stages to it. The first version is always current. */
export const putVersion = (
  secret: Secret,
  versionId: string,
  value: SecretValue | undefined,
  stages: readonly string[] = [currentStage],
): Version => {
  const createdAtMs = Date.now();
  const version = secret.versions.get(versionId) ?? { versionId, createdAtMs, stages: new Set(), value };
  version.value = value;
  secret.versions.set(versionId, version);
  secret.changedAtMs = createdAtMs;
  for (const stage of stages) moveStage(secret, stage, version);
  if (value !== undefined && !versionAt(secret, currentStage)) moveStage(secret, currentStage, version);
  return version;
};

const arnStart = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';
const suffixLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const arnSuffix = () => Array.from(randomBytes(6), (byte) => suffixLetters[byte % suffixLetters.length]).join('');

export const arnOf = (name: string): string => `${arnStart}${name}-${arnSuffix()}`;

/** A secret as the code that starts the emulator describes it. */
export type LocalSecret = {
  readonly name: string;
  readonly secretString?: string;
  readonly secretBinary?: Uint8Array;
  readonly tags?: Readonly<Record<string, string>>;
};

/** The secrets, in the order in which they were created. */
export const createSecretStore = () => {
  const byName = new Map<string, Secret>();
  let serial = 0;

  /** Finds a secret by its name, its ARN, or its ARN without the six characters at the end. */
  const find = (secretId: string): Secret | undefined => {
    if (!secretId.startsWith(arnStart)) return byName.get(secretId);
    const rest = secretId.slice(arnStart.length);
    const whole = byName.get(rest.slice(0, -7));
    return whole?.arn === secretId ? whole : byName.get(rest);
  };

  const create = (name: string, details: Partial<Pick<Secret, 'description' | 'kmsKeyId' | 'tags'>> = {}): Secret => {
    serial += 1;
    const now = Date.now();
    const empty = { tags: new Map(), versions: new Map() };
    const secret: Secret = { serial, name, arn: arnOf(name), createdAtMs: now, changedAtMs: now, ...empty, ...details };
    byName.set(name, secret);
    return secret;
  };

  return {
    all: (): readonly Secret[] => [...byName.values()],
    find,
    create,
    /** Creates the secret, or gives the one of that name a new value, and other tags if any are given. */
    put: ({ name, secretString, secretBinary, tags }: LocalSecret): void => {
      const secret = find(name) ?? create(name);
      delete secret.deletionAtMs;
      if (tags) secret.tags = new Map(Object.entries(tags));
      if (secretString === undefined && !secretBinary) return;
      const binary = secretBinary && Buffer.from(secretBinary).toString('base64');
      putVersion(secret, randomUUID(), { secretString, secretBinary: binary });
    },
    /** Adds tags, or gives them other values. @throws when there is no such secret */
    tag: (name: string, tags: Readonly<Record<string, string>>): void => {
      const secret = find(name);
      if (!secret) throw new Error(`the emulator has no secret ${name}`);
      secret.tags = new Map([...secret.tags, ...Object.entries(tags)]);
    },
    /** Removes it at once, as if it had never been. */
    remove: (name: string): void => void byName.delete(name),
  };
};

export type SecretStore = ReturnType<typeof createSecretStore>;
