import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Connections } from '../green-api/exchange.ts';
import type { Environment } from '../platform/environment.ts';
import type { Log } from '../platform/log.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { type Evidence, metricsOf, outcomeEventOf, outcomeSource, type RecordEvidence } from './evidence.ts';

/** Tells the stack's event bus what became of a logout. Never rejects: the evidence stands whether anybody hears of it or not. */
export type PublishOutcome = (evidence: Evidence) => Promise<void>;

export type PublishOutcomeDependencies = {
  readonly client: Pick<EventBridgeClient, 'send'>;
  readonly eventBus: string;
  readonly reportLoss: (fields: { readonly idInstance: string; readonly detail: string }) => void;
};

/** Time to tell the bus, retries included, in milliseconds: whoever asked for the logout is waiting. */
const longestMs = 1_500;

/** The bus that outcome events go out on, by name or ARN, and who brings them there. */
export type Bus = { readonly eventBus: string; readonly client: EventBridgeClient };

/**
 * The endpoint may be a local one: the SDK reads `AWS_ENDPOINT_URL_EVENTBRIDGE` itself.
 *
 * @param eventBus `undefined`: there is none
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

export const createPublishOutcome =
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

const nobodyListens: PublishOutcome = async () => {};

/** One line that is record and metric, then the outcome event, if there is a bus. */
export const composeRecordEvidence = (
  log: Log,
  { stack }: Pick<Environment, 'stack'>,
  bus: Bus | undefined,
): RecordEvidence => {
  const publish = bus
    ? createPublishOutcome({ ...bus, reportLoss: (fields) => log('ERROR', 'outcome event not sent', fields) })
    : nobodyListens;
  return (evidence) => {
    log('INFO', 'evidence', { ...evidence, ...metricsOf(evidence, stack, new Date()) });
    return publish(evidence);
  };
};
