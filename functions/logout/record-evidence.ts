import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Connections } from '../green-api/exchange.ts';
import { inParallel } from '../platform/in-parallel.ts';
import type { Log } from '../platform/log.ts';
import type { Environment } from '../platform/settings.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { type Evidence, evidenceMessage, metricsOf, outcomeEventOf, type RecordEvidence } from './evidence.ts';

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

/** An event on the stack's bus about one instance, or about the run with this id. */
type OutgoingEvent = {
  readonly source: string;
  readonly detailType: string;
  readonly detail: { readonly idInstance?: string; readonly id?: string };
  readonly problem?: string;
};

/** Publishes events on the stack's bus. Best effort: the evidence is the record. It never rejects. */
export type PublishEvents = (events: readonly OutgoingEvent[]) => Promise<void>;

const entriesAtOnce = 10;
/** Requests at once: EventBridge's quota starts at 400 entries per second and account. */
const requestsAtOnce = 4;

/** Sends one request; gives the events that EventBridge did not accept. */
const send = async (
  { client, eventBus: EventBusName }: Bus,
  chunk: readonly OutgoingEvent[],
  abortSignal: AbortSignal,
) => {
  const Entries = chunk.map(({ source: Source, detailType: DetailType, detail }) => ({
    EventBusName,
    Source,
    DetailType,
    Detail: JSON.stringify(detail),
  }));
  try {
    const answer = await client.send(new PutEventsCommand({ Entries }), { abortSignal });
    return chunk.flatMap((event, at) => {
      const problem = answer.Entries?.[at]?.ErrorCode;
      return problem === undefined ? [] : [{ ...event, problem }];
    });
  } catch (error) {
    return chunk.map((event) => ({ ...event, problem: errorNameOf(error) }));
  }
};

/**
 * @param bus `undefined`: nothing is published
 * @param longestMs time for all events, in milliseconds: the checkpoint of a batch waits for them
 * @param retryWaitsMs pauses before refused events are sent again, in milliseconds, each up to twice as long at random
 */
export const createPublishEvents =
  (
    bus: Bus | undefined,
    log: Log,
    longestMs = 10_000,
    retryWaitsMs: readonly number[] = [200, 800, 2_000],
  ): PublishEvents =>
  async (events) => {
    if (bus === undefined) return;
    const abortSignal = AbortSignal.timeout(longestMs);
    const sendAll = async (open: readonly OutgoingEvent[]) => {
      const chunks = Map.groupBy(open, (_, at) => Math.floor(at / entriesAtOnce)).values();
      return (await inParallel(requestsAtOnce, [...chunks], (chunk) => send(bus, chunk, abortSignal))).flat();
    };

    let refused = await sendAll(events);
    for (const waitMs of retryWaitsMs) {
      if (refused.length === 0 || abortSignal.aborted) break;
      await sleep(waitMs * (1 + Math.random()));
      refused = await sendAll(refused);
    }
    for (const { detail, problem } of refused)
      log('ERROR', 'outcome event not sent', { idInstance: detail.idInstance, run: detail.id, detail: problem });
  };

/** Publishes the outcomes of logouts. Never rejects: the evidence is on record even if an event is lost. */
export type PublishOutcomes = (evidence: readonly Evidence[]) => Promise<void>;

export const createPublishOutcomes =
  (publishEvents: PublishEvents): PublishOutcomes =>
  (evidence) =>
    publishEvents(evidence.flatMap((record) => outcomeEventOf(record) ?? []));

/** Writes record and metrics as one line, then publishes the outcome event if there is a bus. */
export const composeRecordEvidence = (
  log: Log,
  { stack }: Pick<Environment, 'stack'>,
  bus: Bus | undefined,
): RecordEvidence => {
  // The caller of a single logout waits for its event.
  const publish = createPublishOutcomes(createPublishEvents(bus, log, 1_500, []));
  return (evidence) => {
    log('INFO', evidenceMessage, { ...evidence, ...metricsOf(evidence, stack, new Date()) });
    return publish([evidence]);
  };
};
