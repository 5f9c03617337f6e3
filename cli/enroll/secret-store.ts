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
import { callAws } from '../aws/aws-failure.ts';
import type { AwsSettings } from '../aws/aws-settings.ts';

export type StoredSecret = {
  /** Values of the tags, by key. */
  readonly tags: ReadonlyMap<string, string>;
  /** It is scheduled for deletion: nothing can be written until it is restored. */
  readonly isDeleted: boolean;
};

type Tags = readonly (readonly [key: string, value: string])[];

/** The secrets of the instances, with the rights of the person who enrolls. The endpoint may be a local one. */
export type SecretStore = {
  readonly describe: (name: string) => Promise<StoredSecret | undefined>;
  /** The text of the secret; `undefined` while it has none. */
  readonly read: (name: string) => Promise<string | undefined>;
  readonly create: (name: string, text: string, tags: Tags) => Promise<void>;
  readonly write: (name: string, text: string) => Promise<void>;
  readonly tag: (name: string, tags: Tags) => Promise<void>;
  readonly untag: (name: string, keys: readonly string[]) => Promise<void>;
};

const toTags = (tags: Tags) => tags.map(([Key, Value]) => ({ Key, Value }));

const unlessMissing = async <Value>(call: Promise<Value>): Promise<Value | undefined> => {
  try {
    return await call;
  } catch (error) {
    if (errorNameOf(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
};

/** @param kmsKey encrypts new secrets; without one it is Secrets Manager's own key */
export const createSecretStore = (aws: AwsSettings, kmsKey: string | undefined): SecretStore => {
  const client = new SecretsManagerClient(aws);
  return {
    describe: (name) =>
      callAws('secretsmanager:DescribeSecret', async () => {
        const secret = await unlessMissing(client.send(new DescribeSecretCommand({ SecretId: name })));
        const tags = new Map(secret?.Tags?.map(({ Key = '', Value = '' }) => [Key, Value]));
        return secret && { tags, isDeleted: secret.DeletedDate !== undefined };
      }),
    read: (name) =>
      callAws('secretsmanager:GetSecretValue', async () => {
        const value = await unlessMissing(client.send(new GetSecretValueCommand({ SecretId: name })));
        return value?.SecretString;
      }),
    create: (name, text, tags) =>
      callAws('secretsmanager:CreateSecret and secretsmanager:TagResource', async () => {
        const key = kmsKey === undefined ? {} : { KmsKeyId: kmsKey };
        await client.send(new CreateSecretCommand({ Name: name, SecretString: text, Tags: toTags(tags), ...key }));
      }),
    write: (name, text) =>
      callAws('secretsmanager:PutSecretValue', async () => {
        await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
      }),
    tag: (name, tags) =>
      callAws('secretsmanager:TagResource', async () => {
        await client.send(new TagResourceCommand({ SecretId: name, Tags: toTags(tags) }));
      }),
    untag: (name, keys) =>
      callAws('secretsmanager:UntagResource', async () => {
        await client.send(new UntagResourceCommand({ SecretId: name, TagKeys: [...keys] }));
      }),
  };
};
