import { gunzipSync } from 'node:zlib';
import middy from '@middy/core';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import * as v from 'valibot';
import { keptMessages } from './logout/evidence.ts';
import { createS3, createStoreEvidence, type LogEvent, type StoreEvidence } from './logout/store-evidence.ts';
import { parseVariables, type Variables } from './platform/environment.ts';
import { createLog, type Log, type Write, writeLine } from './platform/log.ts';
import { vaultSettings } from './platform/settings.ts';
import { errorNameOf, parseJson, parseJsonAs } from './platform/unknown-values.ts';

type EvidenceVaultHandlerDependencies = { readonly storeEvidence: StoreEvidence; readonly log: Log };

/** A message of CloudWatch Logs cannot be read: its records are not stored. */
class InvalidLogData extends Error {
  override readonly name = 'InvalidLogData';
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
const dataSchema = v.variant('messageType', [
  v.object({ messageType: v.literal('CONTROL_MESSAGE') }),
  v.object({
    messageType: v.literal('DATA_MESSAGE'),
    logEvents: v.pipe(
      v.array(v.object({ id: v.string(), timestamp: v.number(), message: v.string() })),
      v.minLength(1),
    ),
  }),
]);

const keptSchema = v.object({ message: v.picklist(keptMessages) });

/** A wrong subscription filter must not lock other lines for years. */
const isKept = ({ message }: LogEvent): boolean => parseJsonAs(keptSchema, message) !== undefined;

/** `undefined`: CloudWatch Logs only checks that the function can be reached. @throws InvalidLogData */
const parseBatch = ({ awslogs }: CloudWatchLogsEvent): readonly LogEvent[] | undefined => {
  const data = v.safeParse(dataSchema, parseJson(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString('utf8')));
  if (!data.success) throw new InvalidLogData(`${v.getDotPath(data.issues[0]) ?? 'the message'} is not as documented`);
  if (data.output.messageType === 'CONTROL_MESSAGE') return undefined;
  return data.output.logEvents;
};

/**
 * A subscription of the evidence log → objects that nobody can alter.
 *
 * @throws what kept the records from being stored: Lambda invokes again, and in the end keeps the message in the failed queue
 */
export const createEvidenceVaultHandler = ({ storeEvidence, log }: EvidenceVaultHandlerDependencies) =>
  middy<CloudWatchLogsEvent, void>({ timeoutEarlyInMillis: 0 }).handler(async (event) => {
    try {
      const batch = parseBatch(event);
      if (batch === undefined) return;
      const kept = batch.filter(isKept);
      if (kept.length < batch.length) log('WARN', 'lines that are no evidence', { lines: batch.length - kept.length });
      if (kept.length > 0) log('INFO', 'evidence stored', await storeEvidence(kept));
    } catch (error) {
      log('ERROR', 'evidence not stored', { error: errorNameOf(error) });
      throw error;
    }
  });

export const composeEvidenceVault = (variables: Variables, write: Write): EvidenceVaultHandlerDependencies => ({
  storeEvidence: createStoreEvidence({
    client: createS3(),
    bucket: () => parseVariables(vaultSettings, variables).evidenceBucket,
  }),
  log: createLog(write),
});

export const handler = createEvidenceVaultHandler(composeEvidenceVault(process.env, writeLine));
