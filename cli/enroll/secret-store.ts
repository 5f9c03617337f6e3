import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { type AwsSettings, explained, isAwsError } from '../aws/call-aws.ts';

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
    if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
};

/**
 * The secrets of the instances, with the rights of the person who enrolls. The endpoint may be a local one.
 *
 * @param kmsKey encrypts new secrets; without one it is Secrets Manager's own key
 */
export const createSecretStore = (aws: AwsSettings, kmsKey?: string) => {
  const client = explained(new SecretsManagerClient(aws));
  return {
    describe: async (name: string): Promise<StoredSecret | undefined> => {
      const secret = await unlessMissing(client.send(new DescribeSecretCommand({ SecretId: name })));
      const tags = new Map(secret?.Tags?.map(({ Key = '', Value = '' }) => [Key, Value]));
      return secret && { tags, isDeleted: secret.DeletedDate !== undefined };
    },
    /** The text of the secret; `undefined` while it has none. */
    read: async (name: string) =>
      (await unlessMissing(client.send(new GetSecretValueCommand({ SecretId: name }))))?.SecretString,
    create: (name: string, text: string, tags: Tags) => {
      const key = kmsKey === undefined ? {} : { KmsKeyId: kmsKey };
      return client.send(new CreateSecretCommand({ Name: name, SecretString: text, Tags: toTags(tags), ...key }));
    },
    write: (name: string, text: string) =>
      client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text })),
    tag: (name: string, tags: Tags) => client.send(new TagResourceCommand({ SecretId: name, Tags: toTags(tags) })),
    untag: (name: string, TagKeys: string[]) => client.send(new UntagResourceCommand({ SecretId: name, TagKeys })),
  };
};

export type SecretStore = ReturnType<typeof createSecretStore>;
