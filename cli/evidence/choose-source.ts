import { Option } from 'commander';
import { isLoopback, parseApiAddress } from '../api/api.ts';
import { UsageError } from '../errors.ts';
import type { Session } from '../session.ts';
import type { EvidenceSource } from './evidence-source.ts';

export type SourceOptions = {
  readonly file?: string;
  /** The name of a bucket; `true`: the one of the stack. */
  readonly vault?: string | true;
};

export const sourceOptions = (): readonly Option[] => [
  new Option(
    '--file <file>',
    'read a file or a folder instead of the log group: a record per line, also compressed with gzip',
  ),
  new Option('--vault [bucket]', 'read the evidence vault instead of the log group'),
];

export const sourceRights: readonly string[] = [
  'logs:FilterLogEvents',
  's3:ListBucketVersions',
  's3:GetObjectVersion',
  's3:GetBucketObjectLockConfiguration',
];

const localFile = (url: string | undefined): string | undefined => {
  const address = url === undefined ? undefined : parseApiAddress(url);
  return address && isLoopback(address) ? `.local/runs-${address.port || 80}.evidence.jsonl` : undefined;
};

/** As the AWS CLI does: emulators know a bucket by its path. */
const s3Settings = ({ aws, terminal: { env } }: Session) => ({
  ...aws,
  forcePathStyle: Boolean(env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL),
});

const chooseVault = async (session: Session, vault: string | true): Promise<EvidenceSource> => {
  const { evidenceVault } = await import('./read-vault.ts');
  if (session.options.stack === undefined) {
    if (vault === true) throw new UsageError('Name the bucket of the vault, or the stack with --stack.');
    return evidenceVault(vault, undefined, s3Settings(session));
  }
  const outputs = await session.outputs();
  const bucket = vault === true ? outputs.require('EvidenceVault') : vault;
  const promised = bucket === outputs.find('EvidenceVault') ? outputs.find('EvidenceVaultRetention') : undefined;
  return evidenceVault(bucket, promised, s3Settings(session));
};

/** Where the evidence is: a file, the vault, the log group of the stack, or the file of the local service. @throws UsageError */
export const chooseSource = async (session: Session, { file, vault }: SourceOptions): Promise<EvidenceSource> => {
  const { url, stack } = session.options;
  if (file !== undefined && vault !== undefined) throw new UsageError('Name a file or the vault, not both.');
  if (vault !== undefined) return chooseVault(session, vault);
  const path = file ?? (stack === undefined ? localFile(url) : undefined);
  if (path !== undefined) return (await import('./read-file.ts')).evidenceFile(path);
  if (stack === undefined)
    throw new UsageError(
      'Evidence is in a log group that the stack names: give --stack, --vault, or --file for a file.',
    );
  const logGroup = (await session.outputs()).require('EvidenceLogGroup');
  return (await import('./read-log-group.ts')).evidenceLogGroup(logGroup, session.aws);
};
