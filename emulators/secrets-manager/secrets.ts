import * as v from 'valibot';
import { AwsError } from '../aws-json.ts';
import {
  existingSecret,
  invalidParameter,
  invalidRequest,
  operation,
  seconds,
  secretId,
  usableSecret,
} from './protocol.ts';
import { arnOf, type Secret, type SecretValue, type Tags } from './store.ts';
import { isSameValue, putOnce, valueFields, valueIn } from './versions.ts';

const tagKey = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
/** AWS documents these characters as the ones that are generally allowed (API_TagResource). */
const tagValue = v.pipe(v.string(), v.maxLength(256), v.regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u));
const tagsSchema = v.array(v.object({ Key: tagKey, Value: v.optional(tagValue) }));

/** The tags with others added or replaced. @throws AwsError for a key that is AWS's own, and above 50 tags */
const withTags = (tags: Tags, added: v.InferOutput<typeof tagsSchema>): Tags => {
  if (added.some(({ Key }) => /^aws:/i.test(Key))) throw invalidParameter("Tag keys can't start with aws:");
  const all = new Map([...tags, ...added.map(({ Key, Value }) => [Key, Value] as const)]);
  if (all.size > 50) throw invalidParameter("A secret can't have more than 50 tags.");
  return all;
};

const tagResource = operation(v.object({ SecretId: secretId, Tags: tagsSchema }), (context, input) => {
  const secret = usableSecret(context, input.SecretId);
  secret.tags = withTags(secret.tags, input.Tags);
  return {};
});

const untagResource = operation(v.object({ SecretId: secretId, TagKeys: v.array(tagKey) }), (context, input) => {
  const secret = usableSecret(context, input.SecretId);
  secret.tags = new Map([...secret.tags].filter(([key]) => !input.TagKeys.includes(key)));
  return {};
});

const createSchema = v.object({
  ...valueFields,
  Name: v.pipe(v.string(), v.regex(/^[\w/+=.@!-]{1,512}$/)),
  Description: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  KmsKeyId: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  Tags: v.optional(tagsSchema, []),
});

const createdBefore = (secret: Secret, value: SecretValue | undefined, token: string | undefined) => {
  if (secret.deletionAtMs !== undefined)
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  const version = token === undefined ? undefined : secret.versions.get(token);
  if (version && value && isSameValue(version.value, value)) {
    return { ARN: secret.arn, Name: secret.name, VersionId: version.versionId };
  }
  throw new AwsError(
    'ResourceExistsException',
    `The operation failed because the secret ${secret.name} already exists.`,
  );
};

const createSecret = operation(createSchema, ({ store }, input) => {
  const value = valueIn(input);
  const existing = store.find(input.Name);
  if (existing) return createdBefore(existing, value, input.ClientRequestToken);

  const tags = withTags(new Map(), input.Tags);
  const secret = store.create(input.Name, { description: input.Description, kmsKeyId: input.KmsKeyId, tags });
  const version = value && putOnce(secret, value, input.ClientRequestToken);
  return { ARN: secret.arn, Name: secret.name, VersionId: version?.versionId };
});

const dayMs = 24 * 60 * 60 * 1000;

const deleteSchema = v.object({
  SecretId: secretId,
  RecoveryWindowInDays: v.optional(v.pipe(v.number(), v.integer())),
  ForceDeleteWithoutRecovery: v.optional(v.boolean(), false),
});

const checkDeletion = ({
  RecoveryWindowInDays: days,
  ForceDeleteWithoutRecovery,
}: v.InferOutput<typeof deleteSchema>) => {
  if (days === undefined) return;
  if (ForceDeleteWithoutRecovery)
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  if (days < 7 || days > 30)
    throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
};

/** Marks for deletion, or removes at once when forced to, even what does not exist. A marked secret stays marked. */
const deleteSecret = operation(deleteSchema, (context, input) => {
  checkDeletion(input);
  const { SecretId, RecoveryWindowInDays: days = 30 } = input;
  if (!input.ForceDeleteWithoutRecovery) {
    const secret = usableSecret(context, SecretId);
    secret.deletionAtMs = Date.now() + days * dayMs;
    return { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(secret.deletionAtMs) };
  }
  const { arn, name } = context.store.find(SecretId) ?? { arn: arnOf(SecretId), name: SecretId };
  context.store.remove(name);
  return { ARN: arn, Name: name, DeletionDate: seconds(Date.now()) };
});

/** A version without a staging label is deprecated: it still has its value, and is not listed. */
const stagesOf = ({ versions }: Secret) =>
  Object.fromEntries(
    [...versions.values()]
      .filter(({ stages }) => stages.size > 0)
      .map(({ versionId, stages }) => [versionId, [...stages]]),
  );

const describe = (secret: Secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  RotationEnabled: secret.rotationFunctionArn !== undefined,
  RotationLambdaARN: secret.rotationFunctionArn,
  LastChangedDate: seconds(secret.changedAtMs),
  CreatedDate: seconds(secret.createdAtMs),
  ...(secret.rotatedAtMs !== undefined && { LastRotatedDate: seconds(secret.rotatedAtMs) }),
  ...(secret.deletionAtMs !== undefined && { DeletedDate: seconds(secret.deletionAtMs) }),
  Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
});

const describeSecret = operation(v.object({ SecretId: secretId }), (context, { SecretId }) => {
  const secret = existingSecret(context, SecretId);
  return { ...describe(secret), VersionIdsToStages: stagesOf(secret) };
});

/** Of AWS's filters the one that is used: a prefix of the name. */
const nameFilter = v.object({
  Key: v.literal('name'),
  Values: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(10)),
});

const listSchema = v.object({
  Filters: v.optional(v.pipe(v.array(nameFilter), v.maxLength(10)), []),
  MaxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 100),
  NextToken: v.optional(v.string()),
  IncludePlannedDeletion: v.optional(v.boolean(), false),
});

/** Names the last secret shown, so that others may come and go between two pages. */
const tokenAfter = ({ serial }: Secret) => Buffer.from(`after ${serial}`).toString('base64url');

const serialIn = (token: string | undefined): number => {
  if (token === undefined) return 0;
  const serial = /^after (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (!serial) throw new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
  return Number(serial);
};

/** Lists by the time of creation, which is AWS's default. */
const listSecrets = operation(listSchema, ({ store }, input) => {
  const last = serialIn(input.NextToken);
  const found = store
    .all()
    .filter(({ serial, deletionAtMs }) => serial > last && (input.IncludePlannedDeletion || deletionAtMs === undefined))
    .filter(({ name }) => input.Filters.every(({ Values }) => Values.some((prefix) => name.startsWith(prefix))));
  const page = found.slice(0, input.MaxResults);
  const end = page.at(-1);
  return {
    SecretList: page.map((secret) => ({ ...describe(secret), SecretVersionsToStages: stagesOf(secret) })),
    NextToken: end && found.length > page.length ? tokenAfter(end) : undefined,
  };
});

export const secretOperations = {
  ListSecrets: listSecrets,
  DescribeSecret: describeSecret,
  CreateSecret: createSecret,
  TagResource: tagResource,
  UntagResource: untagResource,
  DeleteSecret: deleteSecret,
};
