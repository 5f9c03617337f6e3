import {
  DescribeSecretCommand,
  ListSecretsCommand,
  type SecretListEntry,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type InstanceId, parseInstanceId } from '../green-api/instance-id.ts';
import { defined } from '../platform/defined.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { type NotRead, notRead } from './secrets.ts';
import { parseTagValue } from './tag-value.ts';
import type { UnreadableSecret } from './unreadable-secrets.ts';

/** One instance as the tags of its secret describe it, without any credential. */
export type ListedInstance = {
  readonly idInstance: InstanceId;
  /** One or more identities of one person, separated by spaces. */
  readonly owner?: string;
  readonly group?: string;
  /** A break-glass instance: no run may touch it. */
  readonly protected: boolean;
};

export type Tag = { readonly Key?: string | undefined; readonly Value?: string | undefined };

/** The text that a tag stands for; `undefined` for a missing or empty one. */
export const tagValue = (tags: readonly Tag[], key: string): string | undefined => {
  const value = tags.find(({ Key }) => Key === key)?.Value;
  return value ? parseTagValue(value) : undefined;
};

/** Any `protected` tag protects, whatever its case and value, unless its value is `false`. */
export const isProtected = (tags: readonly Tag[]): boolean =>
  tags.some(({ Key = '', Value = '' }) => Key.toLowerCase() === 'protected' && !/^\s*false\s*$/i.test(Value));

/** The tag `ignore` = `true` says that a secret under the prefix is no instance, and that this is meant. */
const isIgnored = (tags: readonly Tag[]): boolean =>
  tags.some(({ Key, Value = '' }) => Key === 'ignore' && /^\s*true\s*$/i.test(Value));

const parseOwnerAndGroup = (tags: readonly Tag[]) =>
  defined({ owner: tagValue(tags, 'owner'), group: tagValue(tags, 'group') });

const parseTags = (idInstance: InstanceId, tags: readonly Tag[]): ListedInstance => ({
  idInstance,
  ...parseOwnerAndGroup(tags),
  protected: isProtected(tags),
});

/** @typeParam More what is read from the tags besides owner, group and protection */
export type InstancePage<More = unknown> = {
  readonly kind: 'page';
  readonly instances: readonly (ListedInstance & More)[];
  readonly unreadable: readonly (UnreadableSecret & More)[];
  /** Secrets Manager's token for the next page. Missing on the last page. */
  readonly next?: string;
};

export type ListProblem =
  | { readonly kind: 'invalid-next' }
  | { readonly kind: 'list-denied'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string };

/**
 * Lists up to 100 secrets from `next` on: the instances, and what is not understood. Secrets that are not looked at are left out, so
 * a page may be short or empty and still not the last. A change may take five minutes to appear
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html).
 */
export type ListInstances<More = unknown> = (next?: string) => Promise<InstancePage<More> | ListProblem>;

const pageSize = 100;

export type ListInstancesDependencies = {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  readonly secretPrefix: string;
  /** Longer prefixes, of other deployments: their secrets are not looked at. */
  readonly otherPrefixes: readonly string[];
};

const problemOf = (error: unknown): ListProblem => {
  const name = errorNameOf(error);
  if (name === 'InvalidNextTokenException') return { kind: 'invalid-next' };
  if (name === 'AccessDeniedException') return { kind: 'list-denied', detail: 'allow secretsmanager:ListSecrets' };
  return { kind: 'unavailable', detail: `Secrets Manager: ${name}` };
};

/** @param parseMore what else is read from the tags of each secret */
export const createList = <More>(
  { client, secretPrefix, otherPrefixes }: ListInstancesDependencies,
  parseMore: (tags: readonly Tag[]) => More,
): ListInstances<More> => {
  const isLookedAt = ({ Name = '', Tags = [] }: SecretListEntry): boolean =>
    Name.startsWith(secretPrefix) && !otherPrefixes.some((other) => Name.startsWith(other)) && !isIgnored(Tags);

  const parseEntry = ({ Name = '', Tags = [] }: SecretListEntry) => {
    const idInstance = parseInstanceId(Name.slice(secretPrefix.length));
    const more = parseMore(Tags);
    return idInstance === undefined
      ? { secretName: Name, ...parseOwnerAndGroup(Tags), ...more }
      : { ...parseTags(idInstance, Tags), ...more };
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
      const entries = SecretList.filter(isLookedAt).map(parseEntry);
      const instances = entries.filter((entry) => 'idInstance' in entry);
      const unreadable = entries.filter((entry) => 'secretName' in entry);
      return defined({ kind: 'page', instances, unreadable, next: NextToken });
    } catch (error) {
      return problemOf(error);
    }
  };
};

/** Lists the instances for runs and reports, without names and numbers of people. */
export const createListInstances = (dependencies: ListInstancesDependencies): ListInstances =>
  createList(dependencies, () => ({}));

export type TagsReading = { readonly kind: 'tags'; readonly instance: ListedInstance } | NotRead;

/** Reads the current tags of one instance, while a list may be minutes old. Never rejects. */
export type ReadTags = (id: InstanceId) => Promise<TagsReading>;

/** @param client retries and limits the time by its own settings; nothing is retried here */
export const createReadTags =
  ({ client, secretPrefix }: Pick<ListInstancesDependencies, 'client' | 'secretPrefix'>): ReadTags =>
  async (id) => {
    const secretName = `${secretPrefix}${id}`;
    try {
      const { Tags = [] } = await client.send(new DescribeSecretCommand({ SecretId: secretName }));
      return { kind: 'tags', instance: parseTags(id, Tags) };
    } catch (error) {
      return notRead(secretName, error, 'secretsmanager:DescribeSecret on it');
    }
  };
