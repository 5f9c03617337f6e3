import { ListSecretsCommand, type SecretListEntry, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseInstanceId } from './instance-id.ts';
import { errorNameOf } from './secrets-manager-failure.ts';
import { type ListedInstance, parseTags } from './tags.ts';

export type InstancePage = {
  readonly kind: 'page';
  readonly instances: readonly ListedInstance[];
  /** Secrets Manager's own token for the next page; missing: this was the last. */
  readonly next?: string;
};

export type ListProblem =
  | { readonly kind: 'invalid-next' }
  | { readonly kind: 'list-denied'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

/**
 * Lists up to 100 instances from `next` on. Names under the prefix whose rest is not an id are skipped, so a page may be
 * short, or empty, and not the last. A change may take five minutes to show
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
  if (name === 'AccessDeniedException') return { kind: 'list-denied', reason: 'allow secretsmanager:ListSecrets' };
  return { kind: 'unavailable', reason: `Secrets Manager: ${name}` };
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
