import { readIdentity } from '../aws/identity.ts';
import { CommandFailed, type ExitCode, exitCodes, Interrupted, orFailure } from '../errors.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import { createDeadLetterQueue, type DeadLetterMessage, type DeadLetterQueue } from './dead-letter-queue.ts';
import { createRedrive, type Redrive, type RedriveOptions, type RedriveResult } from './redrive.ts';

type Work = {
  readonly session: Session;
  readonly queue: DeadLetterQueue;
  readonly redrive: Redrive;
  readonly options: RedriveOptions;
};

const describeMessage = ({ id, sentAt, attributes }: DeadLetterMessage): string => {
  const error = attributes.ErrorMessage ?? attributes.ErrorCode;
  const details = error === undefined ? '' : `: ${printable(error)}`;
  return `Message ${id}, sent ${sentAt?.toISOString() ?? 'at an unknown time'}${details}`;
};

/** How many messages one command goes through. */
const mostMessages = 100;

/** A received message stays hidden for some minutes: long enough to receive all others, so that none comes twice. */
const receiveAll = async (queue: DeadLetterQueue, received: Set<DeadLetterMessage>): Promise<void> => {
  for (;;) {
    const more = await queue.receive();
    for (const message of more) received.add(message);
    if (more.length === 0 || received.size >= mostMessages) return;
  }
};

const problemOf = (result: RedriveResult | CommandFailed): string | undefined => {
  if (result instanceof CommandFailed) return result.message;
  return result.kind === 'started' ? undefined : result.problem;
};

type Settled = { readonly isStarted: boolean; readonly isDeleted: boolean };

/** Redrives one message, deletes it if its run has started, and reports the result. */
const settleMessage = async (
  { session, queue, redrive, options }: Work,
  message: DeadLetterMessage,
): Promise<Settled> => {
  session.note(describeMessage(message));
  const { id: messageId, body, sentAt } = message;
  const result = await orFailure(redrive({ body, sentAt, key: `redrive ${messageId}`, interactive: true }, options));
  const kind = result instanceof CommandFailed ? 'failed' : result.kind;
  const isStarted = kind === 'started';
  const isDeleted = isStarted || (kind === 'refused' && options.deleteRefused === true);
  if (isDeleted) await queue.remove(message);
  const id = 'id' in result ? result.id : undefined;
  if (session.options.json) session.printJson({ message: messageId, kind, isDeleted, id, problem: problemOf(result) });
  else if (id !== undefined) session.print(id);
  const outcome = problemOf(result) ?? 'Started.';
  session.note(`${outcome} The message ${isDeleted ? 'was deleted' : 'stays in the queue'}.\n`);
  return { isStarted, isDeleted };
};

/** What Ctrl-C leaves behind: it ends the command at a question about one of several messages. */
const describeInterruption = (settled: readonly Settled[]): string => {
  const started = settled.filter(({ isStarted }) => isStarted).length;
  const deleted = settled.filter(({ isDeleted }) => isDeleted).length;
  const done = deleted === 0 ? 'No run was started.' : `Runs started before: ${started}. Messages deleted: ${deleted}.`;
  return `Cancelled. ${done} The other messages stay in the queue.`;
};

/** Goes through the dead-letter queue once. A message is deleted only after its new run has started. */
export const redriveQueue = async (session: Session, options: RedriveOptions): Promise<ExitCode> => {
  const queue = createDeadLetterQueue((await session.outputs()).require('RunDeadLetters'), session.aws);
  const { arn } = await readIdentity(session.aws);
  const work = { session, queue, redrive: await createRedrive(session, async () => arn), options };
  const kept = new Set<DeadLetterMessage>();
  const settled: Settled[] = [];
  try {
    await receiveAll(queue, kept);
    if (kept.size === 0) session.note('The dead-letter queue is empty. A message may take a minute to appear.');
    for (const message of [...kept]) {
      const result = await settleMessage(work, message);
      if (result.isDeleted) kept.delete(message);
      settled.push(result);
    }
  } catch (error) {
    throw error instanceof Interrupted ? new Interrupted(describeInterruption(settled)) : error;
  } finally {
    for (const message of kept) await orFailure(queue.release(message));
  }
  return settled.every(({ isStarted }) => isStarted) ? exitCodes.done : exitCodes.failed;
};
