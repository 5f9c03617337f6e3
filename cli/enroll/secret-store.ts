import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { errorNameOf } from '../../functions/platform/unknown-values.ts';
import { type AwsSettings, callAws } from '../aws/call-aws.ts';

export type StoredSecret = {
  /** Values of the tags, by key. */
  readonly tags: ReadonlyMap<string, string>;
  /** It is scheduled for deletion: nothing can be written until it is restored. */
  readonly isDeleted: boolean;
};

type Tags = readonly (readonly [key: string, value: string])[];

const toTags = (tags: Tags) => tags.map(([Key, Value]) => ({ Key, Value }));

const unlessMissing = async <Value>(call: Promise<Value>): Promise<Value | undefined> => {
  try {
    return await call;
  } catch (error) {
    if (errorNameOf(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
};

/**
 * The secrets of the instances, with the rights of the person who enrolls. The endpoint may be a local one.
 *
 * @param kmsKey encrypts new secrets; without one it is Secrets Manager's own key
 */
export const createSecretStore = (aws: AwsSettings, kmsKey?: string) => {
  const client = new SecretsManagerClient(aws);
  return {
    describe: (name: string): Promise<StoredSecret | undefined> =>
      callAws('secretsmanager:DescribeSecret', async () => {
        const secret = await unlessMissing(client.send(new DescribeSecretCommand({ SecretId: name })));
        const tags = new Map(secret?.Tags?.map(({ Key = '', Value = '' }) => [Key, Value]));
        return secret && { tags, isDeleted: secret.DeletedDate !== undefined };
      }),
    /** The text of the secret; `undefined` while it has none. */
    read: (name: string) =>
      callAws('secretsmanager:GetSecretValue', async () => {
        const value = await unlessMissing(client.send(new GetSecretValueCommand({ SecretId: name })));
        return value?.SecretString;
      }),
    create: (name: string, text: string, tags: Tags) => {
      const key = kmsKey === undefined ? {} : { KmsKeyId: kmsKey };
      const command = new CreateSecretCommand({ Name: name, SecretString: text, Tags: toTags(tags), ...key });
      return callAws('secretsmanager:CreateSecret and secretsmanager:TagResource', () => client.send(command));
    },
    write: (name: string, text: string) => {
      const command = new PutSecretValueCommand({ SecretId: name, SecretString: text });
      return callAws('secretsmanager:PutSecretValue', () => client.send(command));
    },
    tag: (name: string, tags: Tags) => {
      const command = new TagResourceCommand({ SecretId: name, Tags: toTags(tags) });
      return callAws('secretsmanager:TagResource', () => client.send(command));
    },
    untag: (name: string, TagKeys: string[]) =>
      callAws('secretsmanager:UntagResource', () => client.send(new UntagResourceCommand({ SecretId: name, TagKeys }))),
  };
};

export type SecretStore = ReturnType<typeof createSecretStore>;
