import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  ListObjectVersionsCommand,
  type ObjectVersion,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { explained, isAwsError } from '../aws/call-aws.ts';
import { someOf } from '../output/printable.ts';
import { type EvidenceSource, linesOf } from './evidence-source.ts';

const dayMs = 86_400_000;

/** An object is under the day of its first record, and a batch may begin before midnight. */
const startAfter = (since: Date): string =>
  `evidence/day=${new Date(Math.max(0, since.getTime() - dayMs)).toISOString().slice(0, 10)}/`;

/** What keeps the records from being altered, as S3 reports it. `undefined`: nothing does. */
const readLock = async (client: S3Client, Bucket: string): Promise<string | undefined> => {
  try {
    const { ObjectLockConfiguration: lock } = await client.send(new GetObjectLockConfigurationCommand({ Bucket }));
    const { Mode, Days, Years } = lock?.Rule?.DefaultRetention ?? {};
    if (lock?.ObjectLockEnabled !== 'Enabled' || Mode === undefined) return undefined;
    return `${Mode}, ${Days === undefined ? `${Years} years` : `${Days} days`}`;
  } catch (error) {
    if (isAwsError(error, 'ObjectLockConfigurationNotFoundError')) return undefined;
    throw error;
  }
};

const describeLock = (bucket: string, found: string | undefined, promised: string | undefined): string => {
  if (found === undefined)
    return `The bucket ${bucket} has no Object Lock with a default retention: its records can be altered and deleted. Find out who changed the bucket.`;
  const lock = `Read from the vault ${bucket}. Object Lock: ${found} by default`;
  if (promised === undefined) return `${lock}. Name the stack with --stack to compare it with what the vault promises.`;
  return found === promised
    ? `${lock}, as the vault promises.`
    : `${lock}, but the vault promises ${promised}. Find out who changed it.`;
};

const mostNamed = 5;

const describeChanged = (keys: ReadonlySet<string>): string =>
  `Somebody has deleted or replaced objects: ${someOf([...keys].sort(), mostNamed)}. Their oldest versions were read, which Object Lock keeps until their retention ends.`;

type Version = { readonly Key: string; readonly VersionId: string };

/**
 * Reads the objects of the evidence vault with the caller's own rights. Object Lock keeps each version, but a delete marker or a
 * later version would hide it: the oldest version of each object is read. A batch may have been delivered twice, so a line that
 * has come before is left out.
 *
 * @param promised retention that the stack was deployed with, in the form of `readLock`
 */
export const evidenceVault = (bucket: string, promised: string | undefined, aws: S3ClientConfig): EvidenceSource => {
  const client = explained(new S3Client(aws));
  const changed = new Set<string>();

  /** Every version, and with it what hides one. */
  const listVersions = async function* (since: Date): AsyncGenerator<ObjectVersion> {
    let from: Partial<Record<'KeyMarker' | 'VersionIdMarker', string | undefined>> = { KeyMarker: startAfter(since) };
    for (;;) {
      const command = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'evidence/', ...from });
      const { Versions = [], DeleteMarkers = [], ...page } = await client.send(command);
      for (const { Key = '' } of DeleteMarkers) changed.add(Key);
      yield* Versions;
      if (!page.IsTruncated) return;
      from = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  };

  /** The oldest version of each object. S3 lists the versions of an object from the newest to the oldest. */
  const oldestVersions = async function* (since: Date): AsyncGenerator<Version> {
    let last: Version | undefined;
    for await (const { Key = '', VersionId = '' } of listVersions(since)) {
      if (last?.Key === Key) changed.add(Key);
      else if (last !== undefined) yield last;
      last = { Key, VersionId };
    }
    if (last !== undefined) yield last;
  };

  const readLines = async function* (version: Version): AsyncGenerator<string> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, ...version }));
    yield* linesOf(Body as Readable);
  };

  return {
    lines: async function* ({ since }) {
      const seen = new Set<bigint>();
      for await (const version of oldestVersions(since))
        for await (const line of readLines(version)) {
          // The lines themselves would fill the memory.
          const digest = createHash('sha256').update(line).digest().readBigInt64LE();
          if (!seen.has(digest)) yield line;
          seen.add(digest);
        }
    },
    describe: async () => {
      const lock = describeLock(bucket, await readLock(client, bucket), promised);
      return changed.size > 0 ? `${lock} ${describeChanged(changed)}` : lock;
    },
  };
};
