import { countOf } from '../../client/count-of.ts';
import { CommandFailed, Interrupted, orFailure } from '../errors.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import {
  createDeadLetterQueue,
  type DeadLetterMessage,
  type DeadLetterQueue,
  readFailedEvent,
} from './dead-letter-queue.ts';
import { createHandOver, failedQueues, type HandOver, type HandOverOptions } from './hand-over.ts';
import type { HandedOver } from './invoke-function.ts';

export type FailedEventsOptions = HandOverOptions & { readonly deleteRefused?: boolean };

const mostMessages = 100;

/** A received message stays hidden for some minutes: long enough to receive all others, so that none comes twice. */
const receiveAll = async (queue: DeadLetterQueue, received: Set<DeadLetterMessage>): Promise<void> => {
  for (;;) {
    const more = await queue.receive();
    for (const message of more) received.add(message);
    if (more.length === 0 || received.size >= mostMessages) return;
  }
};

const noEvent: HandedOver = { kind: 'refused', problem: 'The message holds no event.' };

type Settled = { readonly isAccepted: boolean; readonly isDeleted: boolean };

/** Shows one message, hands it over, and deletes it if it was accepted. */
const settleMessage = async (
  session: Session,
  { name, queue, handOver }: { readonly name: string; readonly queue: DeadLetterQueue; readonly handOver: HandOver },
  message: DeadLetterMessage,
  deleteRefused: boolean,
): Promise<Settled> => {
  const { id, sentAt } = message;
  const failed = readFailedEvent(message);
  const why = failed?.error === undefined ? '' : `: ${printable(failed.error)}`;
  session.note(`${name}: message ${id}, sent ${sentAt?.toISOString() ?? 'at an unknown time'}${why}`);
  const done = failed === undefined ? noEvent : await orFailure(handOver(failed.event, message));
  // A failure that one message meets is no end of the others.
  const result: HandedOver = done instanceof CommandFailed ? { kind: 'kept', problem: done.message } : done;
  const isAccepted = result.kind === 'accepted';
  const isDeleted = isAccepted || (result.kind === 'refused' && deleteRefused);
  if (isDeleted) await queue.remove(message);
  if (session.options.json) session.printJson({ queue: name, message: id, isDeleted, ...result });
  else if (isAccepted) for (const run of result.runs) session.print(printable(run));
  const outcome = isAccepted ? 'Accepted.' : printable(result.problem).replace(/\.?$/, '.');
  session.note(`${outcome} The message ${isDeleted ? 'was deleted' : 'stays in the queue'}.\n`);
  return { isAccepted, isDeleted };
};

/** What Ctrl-C leaves behind: it ends the command at a question about one of several messages. */
const describeInterruption = (settled: readonly Settled[]): string => {
  const accepted = settled.filter(({ isAccepted }) => isAccepted).length;
  const deleted = settled.filter(({ isDeleted }) => isDeleted).length;
  const done = `Accepted before: ${accepted}. Messages deleted: ${deleted}.`;
  return `Cancelled. ${deleted === 0 ? 'Nothing was started.' : done} The other messages stay in the queue.`;
};

type Queue = (typeof failedQueues)[number] & { readonly url: string };

/** Goes through one queue, and gives back at once what stays in it. */
const emptyQueue = async (
  session: Session,
  { name, url, of }: Queue,
  options: FailedEventsOptions,
  settled: Settled[],
): Promise<void> => {
  const queue = createDeadLetterQueue(url, session.aws);
  const kept = new Set<DeadLetterMessage>();
  try {
    await receiveAll(queue, kept);
    if (kept.size === 0) return;
    const work = { name, queue, handOver: await createHandOver(session, of, options) };
    for (const message of [...kept]) {
      const result = await settleMessage(session, work, message, options.deleteRefused === true);
      if (result.isDeleted) kept.delete(message);
      settled.push(result);
    }
  } finally {
    for (const message of kept) await orFailure(queue.release(message));
  }
};

/** Goes through every queue of the deployment once. A message is deleted only after it was accepted. */
export const retryFailedEvents = async (session: Session, options: FailedEventsOptions): Promise<boolean> => {
  const outputs = await session.outputs();
  const queues = failedQueues.flatMap((row) =>
    row.queues.flatMap((key) => outputs.find(key) ?? []).map((url) => ({ ...row, url })),
  );
  const settled: Settled[] = [];
  let unread = 0;
  try {
    for (const queue of queues) {
      const failure = await orFailure(emptyQueue(session, queue, options, settled));
      if (failure === undefined) continue;
      // What one queue meets hides no other.
      session.note(`${queue.name}: ${failure.message}`);
      unread += 1;
    }
  } catch (error) {
    throw error instanceof Interrupted ? new Interrupted(describeInterruption(settled)) : error;
  }
  if (settled.length + unread === 0)
    session.note(`${countOf(queues.length, 'queue')} checked: all are empty. A message may take a minute to appear.`);
  return unread === 0 && settled.every(({ isAccepted }) => isAccepted);
};
