import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { AwsError } from './aws-error.ts';
import { operation, secretId, usable } from './operation.ts';
import { putVersion, type Secret, type SecretValue, type Version } from './secret.ts';
import { tagsSchema, withTags } from './tags.ts';

const valueFields = {
  SecretString: v.optional(v.pipe(v.string(), v.minLength(1), v.maxBytes(65_536))),
  /** base64 */
  SecretBinary: v.optional(v.pipe(v.string(), v.base64(), v.maxLength(87_384))),
  ClientRequestToken: v.optional(v.pipe(v.string(), v.minLength(32), v.maxLength(64))),
};

type ValueInput = v.InferOutput<v.ObjectSchema<typeof valueFields, undefined>>;

const givenValue = ({ SecretString, SecretBinary }: ValueInput): SecretValue | undefined => {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString === undefined && SecretBinary === undefined) return undefined;
  return { secretString: SecretString, secretBinary: SecretBinary };
};

const isSame = (one: SecretValue, other: SecretValue) =>
  one.secretString === other.secretString && one.secretBinary === other.secretBinary;

/** The same token with the same value is the same request, made again. */
const putOnce = (
  secret: Secret,
  value: SecretValue,
  token: string | undefined,
  stages?: readonly string[],
): Version => {
  const versionId = token ?? randomUUID();
  const before = secret.versions.get(versionId);
  if (!before) return putVersion(secret, { ...value, versionId }, stages);
  if (isSame(before, value)) return before;
  throw new AwsError(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`,
  );
};

const createSchema = v.object({
  ...valueFields,
  Name: v.pipe(v.string(), v.regex(/^[\w/+=.@!-]{1,512}$/)),
  Description: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  KmsKeyId: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  Tags: v.optional(tagsSchema, []),
});

export const createSecret = operation(createSchema, ({ store }, input) => {
  const value = givenValue(input);
  const before = store.find(input.Name);
  if (before) return createdBefore(before, value, input.ClientRequestToken);

  const tags = withTags(new Map(), input.Tags);
  const secret = store.create(input.Name, { description: input.Description, kmsKeyId: input.KmsKeyId, tags });
  const version = value && putOnce(secret, value, input.ClientRequestToken);
  return { ARN: secret.arn, Name: secret.name, VersionId: version?.versionId };
});

const createdBefore = (secret: Secret, value: SecretValue | undefined, token: string | undefined) => {
  if (secret.deletionAtMs !== undefined) {
    throw new AwsError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const version = token === undefined ? undefined : secret.versions.get(token);
  if (version && value && isSame(version, value)) {
    return { ARN: secret.arn, Name: secret.name, VersionId: version.versionId };
  }
  throw new AwsError(
    'ResourceExistsException',
    `The operation failed because the secret ${secret.name} already exists.`,
  );
};

const putSchema = v.object({
  ...valueFields,
  SecretId: secretId,
  VersionStages: v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1), v.maxLength(20))),
});

export const putSecretValue = operation(putSchema, (context, input) => {
  const secret = usable(context, input.SecretId);
  const value = givenValue(input);
  if (!value) {
    throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
  }
  const { versionId, stages } = putOnce(secret, value, input.ClientRequestToken, input.VersionStages);
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId, VersionStages: [...stages] };
});
