import { readIdentity } from '../aws/identity.ts';
import { CommandFailed, type ExitCode, exitCodes, Interrupted, orFailure } from '../errors.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import { createDeadLetters, type DeadLetter, type DeadLetters } from './dead-letters.ts';
import { createRedrive, type Redrive, type RedriveOptions, type RedriveResult } from './redrive.ts';

type Work = {
  readonly session: Session;
  readonly queue: DeadLetters;
  readonly redrive: Redrive;
  readonly options: RedriveOptions;
};

const describeLetter = ({ id, sentAt, attributes }: DeadLetter): string => {
  const error = attributes.ErrorMessage ?? attributes.ErrorCode;
  const details = error === undefined ? '' : `: ${printable(error)}`;
  return `Message ${id}, sent ${sentAt?.toISOString() ?? 'at an unknown time'}${details}`;
};

/** How many messages one command goes through. */
const mostLetters = 100;

/** A received message stays hidden for some minutes: long enough to receive all others, so that none comes twice. */
const receiveAll = async (queue: DeadLetters, received: Set<DeadLetter>): Promise<void> => {
  for (;;) {
    const more = await queue.receive();
    for (const letter of more) received.add(letter);
    if (more.length === 0 || received.size >= mostLetters) return;
  }
};

const problemOf = (result: RedriveResult | CommandFailed): string | undefined => {
  if (result instanceof CommandFailed) return result.message;
  return result.kind === 'started' ? undefined : result.problem;
};

type Settled = { readonly isStarted: boolean; readonly isDeleted: boolean };

/** Redrives one message, deletes it if its run has started, and reports the result. */
const settleLetter = async ({ session, queue, redrive, options }: Work, letter: DeadLetter): Promise<Settled> => {
  session.note(describeLetter(letter));
  const message = { body: letter.body, sentAt: letter.sentAt, key: `redrive ${letter.id}`, interactive: true };
  const result = await orFailure(redrive(message, options));
  const kind = result instanceof CommandFailed ? 'failed' : result.kind;
  const isStarted = kind === 'started';
  const isDeleted = isStarted || (kind === 'refused' && options.deleteRefused === true);
  if (isDeleted) await queue.remove(letter);
  const id = 'id' in result ? result.id : undefined;
  if (session.options.json) session.printJson({ message: letter.id, kind, isDeleted, id, problem: problemOf(result) });
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
  const queue = createDeadLetters((await session.outputs()).require('RunDeadLetters'), session.aws);
  const { arn } = await readIdentity(session.aws);
  const work = { session, queue, redrive: await createRedrive(session, arn), options };
  const kept = new Set<DeadLetter>();
  const settled: Settled[] = [];
  try {
    await receiveAll(queue, kept);
    if (kept.size === 0) session.note('The dead-letter queue is empty. A message may take a minute to appear.');
    for (const letter of [...kept]) {
      const result = await settleLetter(work, letter);
      if (result.isDeleted) kept.delete(letter);
      settled.push(result);
    }
  } catch (error) {
    throw error instanceof Interrupted ? new Interrupted(describeInterruption(settled)) : error;
  } finally {
    for (const letter of kept) await orFailure(queue.release(letter));
  }
  return settled.every(({ isStarted }) => isStarted) ? exitCodes.done : exitCodes.failed;
};
