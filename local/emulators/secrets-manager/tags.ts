import * as v from 'valibot';
import { AwsError } from './aws-error.ts';
import { operation, secretId, usable } from './operation.ts';
import type { Tags } from './secret.ts';

const maxTags = 50;
const tagKey = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

export const tagsSchema = v.array(v.object({ Key: tagKey, Value: v.pipe(v.string(), v.maxLength(256)) }));

/** The tags with others added or replaced. @throws AwsError for a key that is AWS's own, and above 50 tags */
export const withTags = (tags: Tags, added: v.InferOutput<typeof tagsSchema>): Tags => {
  if (added.some(({ Key }) => /^aws:/i.test(Key))) {
    throw new AwsError('InvalidParameterException', "Tag keys can't start with aws:");
  }
  const all = new Map([...tags, ...added.map(({ Key, Value }) => [Key, Value] as const)]);
  if (all.size <= maxTags) return all;
  throw new AwsError('InvalidParameterException', `A secret can't have more than ${maxTags} tags.`);
};

export const tagResource = operation(v.object({ SecretId: secretId, Tags: tagsSchema }), (context, input) => {
  const secret = usable(context, input.SecretId);
  secret.tags = withTags(secret.tags, input.Tags);
  return {};
});

export const untagResource = operation(v.object({ SecretId: secretId, TagKeys: v.array(tagKey) }), (context, input) => {
  const secret = usable(context, input.SecretId);
  secret.tags = new Map([...secret.tags].filter(([key]) => !input.TagKeys.includes(key)));
  return {};
});
