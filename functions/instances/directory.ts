import {
  DescribeSecretCommand,
  ListSecretsCommand,
  type SecretListEntry,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type InstanceId, parseInstanceId } from '../green-api/instance-id.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import type { CredentialReading } from './credentials.ts';
import { secretsManagerFailure } from './secrets.ts';

/** One instance as the tags of its secret describe it, without any credential. */
export type ListedInstance = {
  readonly idInstance: InstanceId;
  /** The tag's value: one or more identities of one person, separated by spaces. */
  readonly owner?: string;
  readonly group?: string;
  /** A break-glass instance: no run may touch it. */
  readonly protected: boolean;
};

export type Tag = { readonly Key?: string | undefined; readonly Value?: string | undefined };

const tagValue = (tags: readonly Tag[], key: string): string | undefined =>
  tags.find(({ Key }) => Key === key)?.Value || undefined;

/** Any `protected` tag protects, whatever its case and value, unless its value is `false`. */
const isProtected = (tags: readonly Tag[]): boolean =>
  tags.some(({ Key = '', Value = '' }) => Key.toLowerCase() === 'protected' && !/^\s*false\s*$/i.test(Value));

/** Reads the tags `owner`, `group` and `protected`. Other tags are ignored. */
const parseTags = (idInstance: InstanceId, tags: readonly Tag[]): ListedInstance => {
  const owner = tagValue(tags, 'owner');
  const group = tagValue(tags, 'group');
  return {
    idInstance,
    ...(owner !== undefined && { owner }),
    ...(group !== undefined && { group }),
    protected: isProtected(tags),
  };
};

/** Of ASCII only: to Unicode the Kelvin sign is a capital k, and `mi\u212Ae@…` is somebody else than `mike@…`. */
export const lowerCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The spelling by which identities are compared: e-mail addresses in lower case, ids as they are. */
export const canonicalIdentity = (identity: string): string =>
  identity.includes('@') ? lowerCase(identity) : identity;

/** E-mail addresses are compared without regard to case, ids exactly. */
export const isSameIdentity = (a: string, b: string): boolean => canonicalIdentity(a) === canonicalIdentity(b);

/** The identities in an `owner` tag, or in the owner that a request names. */
export const parseOwner = (text: string): readonly string[] => text.split(/\s+/).filter((identity) => identity !== '');

/** Whether one of the identities in `owner` is one of those in the tag: whole identities, never a part of one. */
export const isOwnedBy = (instance: Pick<ListedInstance, 'owner'>, owner: string): boolean => {
  const tagged = parseOwner(instance.owner ?? '');
  return parseOwner(owner).some((identity) => tagged.some((other) => isSameIdentity(identity, other)));
};

export type InstancePage = {
  readonly kind: 'page';
  readonly instances: readonly ListedInstance[];
  /** Secrets Manager's token for the next page. Missing on the last page. */
  readonly next?: string;
};

export type ListProblem =
  | { readonly kind: 'invalid-next' }
  | { readonly kind: 'list-denied'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string };

/**
 * Lists up to 100 instances from `next` on. Secrets whose name is not the prefix and an id are skipped, so a page may be short
 * or empty and still not the last. A change may take five minutes to appear
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html).
 */
export type ListInstances = (next?: string) => Promise<InstancePage | ListProblem>;

const pageSize = 100;

export type ListInstancesDependencies = {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  readonly secretPrefix: string;
};

const problemOf = (error: unknown): ListProblem => {
  const name = errorNameOf(error);
  if (name === 'InvalidNextTokenException') return { kind: 'invalid-next' };
  if (name === 'AccessDeniedException') return { kind: 'list-denied', detail: 'allow secretsmanager:ListSecrets' };
  return { kind: 'unavailable', detail: `Secrets Manager: ${name}` };
};

export const createListInstances = ({ client, secretPrefix }: ListInstancesDependencies): ListInstances => {
  const parseEntry = ({ Name = '', Tags = [] }: SecretListEntry): readonly ListedInstance[] => {
    const idInstance = Name.startsWith(secretPrefix) ? parseInstanceId(Name.slice(secretPrefix.length)) : undefined;
    return idInstance === undefined ? [] : [parseTags(idInstance, Tags)];
  };

  return async (next) => {
    try {
      const { SecretList = [], NextToken } = await client.send(
        new ListSecretsCommand({
          Filters: [{ Key: 'name', Values: [secretPrefix] }],
          MaxResults: pageSize,
          NextToken: next,
        }),
      );
      const instances = SecretList.flatMap(parseEntry);
      return { kind: 'page', instances, ...(NextToken !== undefined && { next: NextToken }) };
    } catch (error) {
      return problemOf(error);
    }
  };
};

export type TagsReading =
  | { readonly kind: 'tags'; readonly instance: ListedInstance }
  | Exclude<CredentialReading, { readonly kind: 'credential' }>;

/** Reads the current tags of one instance, while a list may be minutes old. Never rejects. */
export type ReadTags = (id: InstanceId) => Promise<TagsReading>;

export type ReadTagsDependencies = {
  /** Retries and limits the time by its own settings; nothing is retried here. */
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
        ? { kind: 'unknown-instance', detail: `there is no secret ${secretName}` }
        : { kind: 'credential-unreadable', detail: `secret ${secretName}: ${failure.problem}` };
    }
  };
