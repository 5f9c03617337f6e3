export type SecretValue = {
  readonly secretString?: string | undefined;
  /** base64 */
  readonly secretBinary?: string | undefined;
};

export type Version = SecretValue & {
  readonly versionId: string;
  readonly createdAtMs: number;
  readonly stages: Set<string>;
};

export type Tags = ReadonlyMap<string, string>;

export type Secret = {
  /** Grows with each secret made: the order in which they are listed. */
  readonly serial: number;
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly createdAtMs: number;
  changedAtMs: number;
  /** The end of the recovery window of a secret that is marked for deletion. */
  deletionAtMs?: number;
  tags: Tags;
  readonly versions: Map<string, Version>;
};

export const currentStage = 'AWSCURRENT';

export const versionAt = (secret: Secret, stage: string): Version | undefined =>
  [...secret.versions.values()].find(({ stages }) => stages.has(stage));

/** Adds a version and moves the stages to it; what was current becomes `AWSPREVIOUS`, what has no stage left goes. */
export const putVersion = (
  secret: Secret,
  value: SecretValue & { readonly versionId: string },
  stages: readonly string[] = [currentStage],
): Version => {
  const current = versionAt(secret, currentStage);
  const version: Version = { ...value, createdAtMs: Date.now(), stages: new Set() };
  secret.versions.set(version.versionId, version);
  secret.changedAtMs = version.createdAtMs;
  for (const stage of current ? stages : [...stages, currentStage]) moveStage(secret, stage, version);
  if (current && stages.includes(currentStage)) moveStage(secret, 'AWSPREVIOUS', current);
  for (const { versionId, stages: left } of secret.versions.values()) {
    if (left.size === 0) secret.versions.delete(versionId);
  }
  return version;
};

const moveStage = (secret: Secret, stage: string, to: Version) => {
  for (const { stages } of secret.versions.values()) stages.delete(stage);
  to.stages.add(stage);
};
