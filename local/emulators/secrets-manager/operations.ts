import { batchGetSecretValue } from './batch-read.ts';
import { deleteSecret } from './delete-secret.ts';
import { describeSecret, listSecrets } from './list-secrets.ts';
import type { Operation } from './operation.ts';
import { getSecretValue } from './read-value.ts';
import { tagResource, untagResource } from './tags.ts';
import { createSecret, putSecretValue } from './write-value.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
export const operations = {
  GetSecretValue: getSecretValue,
  BatchGetSecretValue: batchGetSecretValue,
  ListSecrets: listSecrets,
  DescribeSecret: describeSecret,
  CreateSecret: createSecret,
  PutSecretValue: putSecretValue,
  TagResource: tagResource,
  UntagResource: untagResource,
  DeleteSecret: deleteSecret,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

export const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name);
