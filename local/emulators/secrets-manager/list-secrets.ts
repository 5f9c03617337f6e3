import * as v from 'valibot';
import { filtersSchema, matches } from './filters.ts';
import { existing, operation, seconds, secretId } from './operation.ts';
import { pageOf } from './pages.ts';
import type { Secret } from './secret.ts';

const describe = (secret: Secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  LastChangedDate: seconds(secret.changedAtMs),
  CreatedDate: seconds(secret.createdAtMs),
  ...(secret.deletionAtMs !== undefined && { DeletedDate: seconds(secret.deletionAtMs) }),
  Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
});

const stagesOf = (secret: Secret) =>
  Object.fromEntries([...secret.versions].map(([versionId, { stages }]) => [versionId, [...stages]]));

export const describeSecret = operation(v.object({ SecretId: secretId }), (context, { SecretId }) => {
  const secret = existing(context, SecretId);
  return { ...describe(secret), VersionIdsToStages: stagesOf(secret) };
});

const listSchema = v.object({
  Filters: v.optional(filtersSchema, []),
  MaxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 100),
  NextToken: v.optional(v.string()),
  SortOrder: v.optional(v.picklist(['asc', 'desc']), 'asc'),
  IncludePlannedDeletion: v.optional(v.boolean(), false),
});

/** Lists by the time of creation, which is AWS's order unless another is asked for. */
export const listSecrets = operation(listSchema, ({ store }, input) => {
  const isListed = (secret: Secret) =>
    (input.IncludePlannedDeletion || secret.deletionAtMs === undefined) && matches(secret, input.Filters);
  const { secrets, nextToken } = pageOf(store.all().filter(isListed), {
    size: input.MaxResults,
    nextToken: input.NextToken,
    descending: input.SortOrder === 'desc',
  });
  return {
    SecretList: secrets.map((secret) => ({ ...describe(secret), SecretVersionsToStages: stagesOf(secret) })),
    NextToken: nextToken,
  };
});
