import * as v from 'valibot';
import { AwsError } from './aws-error.ts';
import { operation, seconds, secretId, usable } from './operation.ts';
import { currentStage, type Secret, versionAt } from './secret.ts';

type Wanted = { readonly VersionId?: string | undefined; readonly VersionStage?: string | undefined };

const find = (secret: Secret, { VersionId, VersionStage }: Wanted) => {
  if (VersionId === undefined) return versionAt(secret, VersionStage ?? currentStage);
  const version = secret.versions.get(VersionId);
  return VersionStage === undefined || version?.stages.has(VersionStage) ? version : undefined;
};

/** @throws AwsError when the secret has no such version */
export const readValue = (secret: Secret, wanted: Wanted) => {
  const version = find(secret, wanted);
  if (!version) {
    const what = wanted.VersionId
      ? `VersionId: ${wanted.VersionId}`
      : `staging label: ${wanted.VersionStage ?? currentStage}`;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${what}`,
    );
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.versionId,
    SecretString: version.secretString,
    SecretBinary: version.secretBinary,
    VersionStages: [...version.stages],
    CreatedDate: seconds(version.createdAtMs),
  };
};

export const getSecretValue = operation(
  v.object({ SecretId: secretId, VersionId: v.optional(v.string()), VersionStage: v.optional(v.string()) }),
  (context, input) => readValue(usable(context, input.SecretId), input),
);
