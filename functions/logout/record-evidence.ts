import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Connections } from '../green-api/exchange.ts';
import type { Log } from '../platform/log.ts';
import type { Environment } from '../platform/settings.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import {
  type Evidence,
  evidenceMessage,
  metricsOf,
  outcomeEventOf,
  outcomeSource,
  type RecordEvidence,
} from './evidence.ts';

/** Publishes the outcome event of a logout. Never rejects: the evidence is on record even if the event is lost. */
export type PublishOutcome = (evidence: Evidence) => Promise<void>;

export type PublishOutcomeDependencies = {
  readonly client: Pick<EventBridgeClient, 'send'>;
  readonly eventBus: string;
  readonly reportLoss: (fields: { readonly idInstance: string; readonly detail: string }) => void;
};

/** Time limit for publishing, retries included, in milliseconds. The caller of the logout waits for it. */
const longestMs = 1_500;

/** The bus for outcome events, by name or ARN, and its client. */
export type Bus = { readonly eventBus: string; readonly client: EventBridgeClient };

/**
 * The SDK itself reads `AWS_ENDPOINT_URL_EVENTBRIDGE`, which may name a local endpoint.
 *
 * @param eventBus `undefined` if no events are published
 * @param httpsAgent @default the SDK's own
 */
export const createBus = (eventBus: string | undefined, httpsAgent?: Connections['agent']): Bus | undefined => {
  if (eventBus === undefined) return undefined;
  const client = new EventBridgeClient({
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 500,
      requestTimeout: 1_000,
      throwOnRequestTimeout: true,
      ...(httpsAgent && { httpsAgent }),
    },
  });
  return { eventBus, client };
};

const createPublishOutcome =
  ({ client, eventBus, reportLoss }: PublishOutcomeDependencies): PublishOutcome =>
  async (evidence) => {
    const event = outcomeEventOf(evidence);
    if (!event) return;
    const entry = {
      EventBusName: eventBus,
      Source: outcomeSource,
      DetailType: event.detailType,
      Detail: JSON.stringify(event.detail),
    };
    try {
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }), {
        abortSignal: AbortSignal.timeout(longestMs),
      });
      const refusal = Entries[0]?.ErrorCode;
      if (refusal !== undefined) reportLoss({ idInstance: evidence.idInstance, detail: refusal });
    } catch (error) {
      reportLoss({
        idInstance: evidence.idInstance,
        detail: errorNameOf(error),
      });
    }
  };

const publishNothing: PublishOutcome = async () => {};

/** Writes record and metrics as one line, then publishes the outcome event if there is a bus. */
export const composeRecordEvidence = (
  log: Log,
  { stack }: Pick<Environment, 'stack'>,
  bus: Bus | undefined,
): RecordEvidence => {
  const publish = bus
    ? createPublishOutcome({ ...bus, reportLoss: (fields) => log('ERROR', 'outcome event not sent', fields) })
    : publishNothing;
  return (evidence) => {
    log('INFO', evidenceMessage, { ...evidence, ...metricsOf(evidence, stack, new Date()) });
    return publish(evidence);
  };
};
