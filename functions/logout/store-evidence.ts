import { hash } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** One line of a log. `id` is unique in the log group, and the same whenever the line is delivered. */
export type LogEvent = { readonly id: string; readonly timestamp: number; readonly message: string };

/** Stores a batch of lines, oldest first, for good; a batch that is delivered again changes nothing. @throws the SDK's error when it was not stored */
export type StoreEvidence = (batch: readonly LogEvent[]) => Promise<{ readonly key: string; readonly records: number }>;

type StoreEvidenceDependencies = {
  readonly client: Pick<S3Client, 'send'>;
  /** @throws if it is not configured: there is no default, and records must not go elsewhere */
  readonly bucket: () => string;
};

/** The SDK itself reads `AWS_ENDPOINT_URL_S3`, which may name a local endpoint. */
export const createS3 = (): S3Client =>
  new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });

/**
 * Partitions by day of the first record, as Athena reads them. The ids make the key the same at every delivery, and another
 * one for every other batch, also for one that begins and ends alike.
 */
const keyOf = (events: readonly LogEvent[]): string => {
  const [first] = events;
  if (first === undefined) throw new Error('a batch has at least one record');
  const last = events.at(-1) ?? first;
  const day = new Date(first.timestamp).toISOString().slice(0, 10);
  const ids = hash('sha256', events.map(({ id }) => id).join('\n'));
  return `evidence/day=${day}/${first.id}-${last.id}-${ids.slice(0, 16)}.jsonl`;
};

/** What S3 answers to `If-None-Match: *` when the object exists. */
const isStoredAlready = (error: unknown): boolean => error instanceof Error && error.name === 'PreconditionFailed';

export const createStoreEvidence =
  ({ client, bucket }: StoreEvidenceDependencies): StoreEvidence =>
  async (batch) => {
    const key = keyOf(batch);
    const body = batch.map(({ message }) => `${message.trimEnd()}\n`).join('');
    try {
      await client.send(
        // Object Lock demands a checksum of the body: the SDK sends one.
        new PutObjectCommand({
          Bucket: bucket(),
          Key: key,
          Body: body,
          ContentType: 'application/jsonl',
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      if (!isStoredAlready(error)) throw error;
    }
    return { key, records: batch.length };
  };
