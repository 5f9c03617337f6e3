import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { AwsError } from '../aws-json.ts';
import {
  clientRequestToken,
  invalidParameter,
  invalidRequest,
  notFound,
  type OperationContext,
  operation,
  seconds,
  secretId,
  usableSecret,
} from './protocol.ts';
import {
  currentStage,
  moveStage,
  putVersion,
  type Secret,
  type SecretValue,
  type Version,
  versionAt,
} from './store.ts';

const stageName = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

export const valueFields = {
  SecretString: v.optional(v.pipe(v.string(), v.minLength(1), v.maxBytes(65_536))),
  /** base64 */
  SecretBinary: v.optional(v.pipe(v.string(), v.base64(), v.maxLength(87_384))),
  ClientRequestToken: v.optional(clientRequestToken),
};

type ValueInput = v.InferOutput<v.ObjectSchema<typeof valueFields, undefined>>;

/** @throws AwsError when there are two values */
export const valueIn = ({ SecretString, SecretBinary }: ValueInput): SecretValue | undefined => {
  if (SecretString !== undefined && SecretBinary !== undefined)
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  if (SecretString === undefined && SecretBinary === undefined) return undefined;
  return { secretString: SecretString, secretBinary: SecretBinary };
};

export const isSameValue = (one: SecretValue | undefined, other: SecretValue) =>
  one?.secretString === other.secretString && one?.secretBinary === other.secretBinary;

/** The same token with the same value is the same request, sent again; its stages are ignored, as AWS does. */
export const putOnce = (
  secret: Secret,
  value: SecretValue,
  token: string | undefined,
  stages?: readonly string[],
): Version => {
  const versionId = token ?? randomUUID();
  const existing = secret.versions.get(versionId);
  if (existing?.value === undefined) return putVersion(secret, versionId, value, stages);
  if (isSameValue(existing.value, value)) return existing;
  throw new AwsError(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`,
  );
};

const putSchema = v.object({
  ...valueFields,
  SecretId: secretId,
  VersionStages: v.optional(v.pipe(v.array(stageName), v.minLength(1), v.maxLength(20))),
});

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
const putSecretValue = operation(putSchema, (context, input) => {
  const secret = usableSecret(context, input.SecretId);
  const value = valueIn(input);
  if (!value) throw invalidRequest('You must provide either SecretString or SecretBinary.');
  const { versionId, stages } = putOnce(secret, value, input.ClientRequestToken, input.VersionStages);
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId, VersionStages: [...stages] };
});

type WantedVersion = { readonly VersionId?: string | undefined; readonly VersionStage?: string | undefined };

const findVersion = (secret: Secret, { VersionId, VersionStage }: WantedVersion): Version | undefined => {
  if (VersionId === undefined) return versionAt(secret, VersionStage ?? currentStage);
  const version = secret.versions.get(VersionId);
  return VersionStage === undefined || version?.stages.has(VersionStage) ? version : undefined;
};

/** @throws AwsError when the secret has no such version, or that version has no value yet */
const readValue = (secret: Secret, wanted: WantedVersion) => {
  const version = findVersion(secret, wanted);
  const { VersionId, VersionStage = currentStage } = wanted;
  if (!version?.value)
    throw notFound(` value for ${VersionId ? `VersionId: ${VersionId}` : `staging label: ${VersionStage}`}`);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.versionId,
    SecretString: version.value.secretString,
    SecretBinary: version.value.secretBinary,
    VersionStages: [...version.stages],
    CreatedDate: seconds(version.createdAtMs),
  };
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
const getSecretValue = operation(
  v.object({ SecretId: secretId, VersionId: v.optional(v.string()), VersionStage: v.optional(v.string()) }),
  (context, input) => readValue(usableSecret(context, input.SecretId), input),
);

const readOne = (context: OperationContext, id: string) => {
  try {
    const fault = context.readingFault(id);
    if (fault) throw fault;
    return { value: readValue(usableSecret(context, id), {}) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { error: { SecretId: id, ErrorCode: error.type, Message: error.message } };
  }
};

/** By a list of ids only: nothing here reads values by filters. */
const batchGetSecretValue = operation(
  v.object({ SecretIdList: v.pipe(v.array(secretId), v.minLength(1), v.maxLength(20)) }),
  (context, { SecretIdList }) => {
    const read = SecretIdList.map((id) => readOne(context, id));
    return {
      SecretValues: read.flatMap((one) => ('value' in one ? [one.value] : [])),
      Errors: read.flatMap((one) => ('error' in one ? [one.error] : [])),
    };
  },
);

const updateStageSchema = v.object({
  SecretId: secretId,
  VersionStage: stageName,
  MoveToVersionId: v.optional(clientRequestToken),
  RemoveFromVersionId: v.optional(clientRequestToken),
});

/** `RemoveFromVersionId` is a compare-and-swap: it must name the version that has the label now. */
const checkHolder = (update: v.InferOutput<typeof updateStageSchema>, holder?: Version) => {
  const { VersionStage, RemoveFromVersionId, MoveToVersionId } = update;
  if (RemoveFromVersionId === undefined && MoveToVersionId === undefined)
    throw invalidParameter('You must specify MoveToVersionId, RemoveFromVersionId, or both.');
  if (RemoveFromVersionId === undefined && holder && holder.versionId !== MoveToVersionId)
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${VersionStage} is currently attached to version ${holder.versionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  if (RemoveFromVersionId !== undefined && RemoveFromVersionId !== holder?.versionId)
    throw invalidParameter(`Staging label ${VersionStage} is not attached to version ${RemoveFromVersionId}.`);
  if (MoveToVersionId === undefined && VersionStage === currentStage)
    throw invalidParameter(
      `You can only move staging label ${currentStage} to a different secret version. It can't be completely removed.`,
    );
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
const updateSecretVersionStage = operation(updateStageSchema, (context, input) => {
  const secret = usableSecret(context, input.SecretId);
  const { VersionStage, MoveToVersionId } = input;
  const holder = versionAt(secret, VersionStage);
  checkHolder(input, holder);
  const to = MoveToVersionId === undefined ? undefined : secret.versions.get(MoveToVersionId);
  if (MoveToVersionId !== undefined && !to) throw notFound(' version');
  if (to) moveStage(secret, VersionStage, to);
  else holder?.stages.delete(VersionStage);
  secret.changedAtMs = Date.now();
  return { ARN: secret.arn, Name: secret.name };
});

export const versionOperations = {
  GetSecretValue: getSecretValue,
  BatchGetSecretValue: batchGetSecretValue,
  PutSecretValue: putSecretValue,
  UpdateSecretVersionStage: updateSecretVersionStage,
};
