import * as v from 'valibot';
import { AwsError } from './aws-error.ts';
import { filtersSchema, matches } from './filters.ts';
import { type Context, operation, secretId, usable } from './operation.ts';
import { pageOf } from './pages.ts';
import { readValue } from './read-value.ts';

const maxBatch = 20;

const batchSchema = v.object({
  SecretIdList: v.optional(v.pipe(v.array(secretId), v.minLength(1), v.maxLength(maxBatch))),
  Filters: v.optional(filtersSchema),
  MaxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxBatch))),
  NextToken: v.optional(v.string()),
});

export const batchGetSecretValue = operation(batchSchema, (context, input) => {
  if ((input.SecretIdList === undefined) === (input.Filters === undefined)) {
    throw new AwsError('InvalidParameterException', 'You must include Filters or SecretIdList, but not both.');
  }
  if (input.SecretIdList && input.MaxResults !== undefined) {
    throw new AwsError('InvalidParameterException', 'To use MaxResults, you must also use Filters.');
  }
  const { ids, nextToken } = wantedIds(context, input);
  const read = ids.map((id) => readOne(context, id));
  return {
    SecretValues: read.flatMap((one) => ('value' in one ? [one.value] : [])),
    Errors: read.flatMap((one) => ('error' in one ? [one.error] : [])),
    NextToken: nextToken,
  };
});

type Batch = v.InferOutput<typeof batchSchema>;

const wantedIds = ({ store }: Context, { SecretIdList, Filters = [], MaxResults = maxBatch, NextToken }: Batch) => {
  if (SecretIdList) return { ids: SecretIdList, nextToken: undefined };
  const found = store.all().filter((secret) => secret.deletionAtMs === undefined && matches(secret, Filters));
  const { secrets, nextToken } = pageOf(found, { size: MaxResults, nextToken: NextToken });
  return { ids: secrets.map(({ name }) => name), nextToken };
};

const readOne = (context: Context, id: string) => {
  try {
    const fault = context.readingFault(id);
    if (fault) throw fault;
    return { value: readValue(usable(context, id), {}) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { error: { SecretId: id, ErrorCode: error.type, Message: error.message } };
  }
};
