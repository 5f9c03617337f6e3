import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { errorNameOf } from '../../functions/platform/unknown-values.ts';
import { awsFailure, callAws } from '../aws/aws-failure.ts';
import type { EvidenceSource } from './evidence-source.ts';

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
    if (errorNameOf(error) === 'ObjectLockConfigurationNotFoundError') return undefined;
    throw awsFailure(error, 's3:GetBucketObjectLockConfiguration');
  }
};

const describeLock = (bucket: string, found: string | undefined, promised: string | undefined): string => {
  if (found === undefined)
    return `The bucket ${bucket} has no Object Lock with a default retention: its records can be altered and deleted. It is not what the vault promises.`;
  const lock = `Read from the vault ${bucket}. Object Lock: ${found} by default`;
  if (promised === undefined) return `${lock}. Name the stack with --stack to compare it with what the vault promises.`;
  return found === promised
    ? `${lock}, as the vault promises.`
    : `${lock}, but the vault promises ${promised}. Find out who changed it.`;
};

/**
 * Reads the objects of the evidence vault with the caller's own rights. A batch may have been delivered twice, so a line that
 * has come before is left out.
 *
 * @param promised retention that the stack was deployed with, in the form of `readLock`
 */
export const evidenceVault = (bucket: string, promised: string | undefined, aws: S3ClientConfig): EvidenceSource => {
  const client = new S3Client(aws);

  const keysSince = async function* (since: Date): AsyncGenerator<string> {
    const request = { Bucket: bucket, Prefix: 'evidence/', StartAfter: startAfter(since) };
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, request))
        for (const { Key = '' } of Contents) yield Key;
    } catch (error) {
      throw awsFailure(error, 's3:ListBucket');
    }
  };

  const linesOf = async function* (Key: string): AsyncGenerator<string> {
    const { Body } = await callAws('s3:GetObject', () => client.send(new GetObjectCommand({ Bucket: bucket, Key })));
    yield* createInterface({ input: Body as Readable, crlfDelay: Number.POSITIVE_INFINITY });
  };

  return {
    lines: async function* ({ since }) {
      const seen = new Set<string>();
      for await (const key of keysSince(since))
        for await (const line of linesOf(key)) {
          if (!seen.has(line)) yield line;
          seen.add(line);
        }
    },
    describe: async () => describeLock(bucket, await readLock(client, bucket), promised),
  };
};
