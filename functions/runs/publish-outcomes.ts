import { setTimeout as sleep } from 'node:timers/promises';
import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type Evidence, outcomeEventOf, outcomeSource } from '../logout/evidence.ts';
import type { Bus } from '../logout/record-evidence.ts';
import { inParallel } from '../platform/in-parallel.ts';
import type { Log } from '../platform/log.ts';
import { errorNameOf } from '../platform/unknown-values.ts';

/** Publishes the outcomes of a batch on the stack's bus. Best effort: the evidence is the record. It never rejects. */
export type PublishOutcomes = (evidence: readonly Evidence[]) => Promise<void>;

/** Most entries of one PutEvents request. */
const entriesAtOnce = 10;
/** Requests at once: EventBridge's quota starts at 400 entries per second and account. */
const requestsAtOnce = 4;
/** Retry pauses before refused entries are sent again, in milliseconds, each up to twice as long at random. */
const retryWaitsMs = [200, 800, 2_000];
/** Time for all events of a batch, in milliseconds: the checkpoint of the batch waits for them. */
const longestMs = 10_000;

/** An event on the stack's bus about one instance, or about the run with this id. */
export type OutgoingEvent = {
  readonly source: string;
  readonly detailType: string;
  readonly detail: { readonly idInstance: string } | { readonly id: string };
};

/** Publishes events. Best effort: the evidence is the record. It never rejects. */
export type PublishEvents = (events: readonly OutgoingEvent[]) => Promise<void>;

/** What an event is about, as a line of the log says it. */
type Subject = { readonly idInstance: string } | { readonly run: string };

type Pending = { readonly subject: Subject; readonly entry: PutEventsRequestEntry; readonly problem?: string };

const inChunks = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / entriesAtOnce) }, (_, at) =>
    items.slice(at * entriesAtOnce, (at + 1) * entriesAtOnce),
  );

/** Sends one request; gives the entries that EventBridge did not accept. */
const createSend =
  ({ client }: Bus) =>
  async (chunk: readonly Pending[], abortSignal: AbortSignal): Promise<readonly Pending[]> => {
    try {
      const command = new PutEventsCommand({ Entries: chunk.map(({ entry }) => entry) });
      const { Entries = [] } = await client.send(command, { abortSignal });
      return chunk.flatMap((pending, at) => {
        const problem = Entries[at]?.ErrorCode;
        return problem === undefined ? [] : [{ ...pending, problem }];
      });
    } catch (error) {
      return chunk.map((pending) => ({ ...pending, problem: errorNameOf(error) }));
    }
  };

const createPublish = (bus: Bus, log: Log): PublishEvents => {
  const send = createSend(bus);
  const pendingOf = ({ source, detailType, detail }: OutgoingEvent): Pending => ({
    subject: 'idInstance' in detail ? { idInstance: detail.idInstance } : { run: detail.id },
    entry: { EventBusName: bus.eventBus, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) },
  });

  return async (events) => {
    const abortSignal = AbortSignal.timeout(longestMs);
    const sendAll = async (pending: readonly Pending[]) =>
      (await inParallel(requestsAtOnce, inChunks(pending), (chunk) => send(chunk, abortSignal))).flat();

    let refused = await sendAll(events.map(pendingOf));
    for (const waitMs of retryWaitsMs) {
      if (refused.length === 0 || abortSignal.aborted) break;
      await sleep(waitMs * (1 + Math.random()));
      refused = await sendAll(refused);
    }
    for (const { subject, problem } of refused) log('ERROR', 'outcome event not sent', { ...subject, detail: problem });
  };
};

/** @param bus `undefined`: nothing is published */
export const createPublishEvents = (bus: Bus | undefined, log: Log): PublishEvents =>
  bus === undefined ? async () => {} : createPublish(bus, log);

export const createPublishOutcomes =
  (publishEvents: PublishEvents): PublishOutcomes =>
  (evidence) =>
    publishEvents(
      evidence.flatMap((record) => {
        const event = outcomeEventOf(record);
        return event === undefined ? [] : [{ source: outcomeSource, ...event }];
      }),
    );
