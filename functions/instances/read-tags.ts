import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { InstanceId } from './instance-id.ts';
import type { CredentialReading } from './read-credential.ts';
import { secretsManagerFailure } from './secrets-manager-failure.ts';
import { type ListedInstance, parseTags } from './tags.ts';

export type TagsReading =
  | { readonly kind: 'tags'; readonly instance: ListedInstance }
  | Exclude<CredentialReading, { readonly kind: 'credential' }>;

/** Reads the tags of one instance as they are now; a list may lag minutes behind. It never rejects. */
export type ReadTags = (id: InstanceId) => Promise<TagsReading>;

export type ReadTagsDependencies = {
  /** Its own retries and time limits apply; nothing is retried here. */
  readonly client: Pick<SecretsManagerClient, 'send'>;
  readonly secretPrefix: string;
};

export const createReadTags =
  ({ client, secretPrefix }: ReadTagsDependencies): ReadTags =>
  async (id) => {
    const secretName = `${secretPrefix}${id}`;
    try {
      const { Tags = [] } = await client.send(new DescribeSecretCommand({ SecretId: secretName }));
      return { kind: 'tags', instance: parseTags(id, Tags) };
    } catch (error) {
      const failure = secretsManagerFailure(error, 'secretsmanager:DescribeSecret on it');
      if (failure.kind === 'unavailable') return failure;
      return failure.kind === 'not-found'
        ? { kind: 'unknown-instance', reason: `there is no secret ${secretName}` }
        : { kind: 'credential-unreadable', reason: `secret ${secretName}: ${failure.problem}` };
    }
  };
