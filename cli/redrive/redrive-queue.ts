import { CommandFailed, type ExitCode, exitCodes, orFailure } from '../errors.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';
import { createDeadLetters, type DeadLetter, type DeadLetters } from './dead-letters.ts';
import { createRedrive, type Redrive, type RedriveResult } from './redrive.ts';

export type QueueOptions = { readonly evenIfStopped?: boolean; readonly deleteRefused?: boolean };

const describeLetter = ({ id, sentAt, attributes }: DeadLetter): string => {
  const error = attributes.ErrorMessage ?? attributes.ErrorCode;
  const details = error === undefined ? '' : `: ${printable(error)}`;
  return `Message ${id}, sent ${sentAt?.toISOString() ?? 'at an unknown time'}${details}`;
};

/** What was decided about one message. */
const settle = async (letters: DeadLetters, letter: DeadLetter, result: RedriveResult, options: QueueOptions) => {
  const isDone = result.kind === 'started' || (result.kind === 'refused' && options.deleteRefused === true);
  if (isDone) await letters.remove(letter);
  else await letters.release(letter);
  return isDone ? 'The message was deleted.' : 'The message stays in the queue.';
};

const redriveLetter = async (redrive: Redrive, letter: DeadLetter, options: QueueOptions): Promise<RedriveResult> => {
  const message = { body: letter.body, sentAt: letter.sentAt, key: `redrive ${letter.id}`, ask: true };
  const result = await orFailure(redrive(message, options));
  return result instanceof CommandFailed ? { kind: 'failed', problem: result.message } : result;
};

const handleLetters = async (
  session: Session,
  queue: DeadLetters,
  redrive: Redrive,
  received: readonly DeadLetter[],
  options: QueueOptions,
): Promise<boolean> => {
  const left = new Set(received);
  let allStarted = true;
  try {
    for (const letter of received) {
      session.note(describeLetter(letter));
      const result = await redriveLetter(redrive, letter, options);
      left.delete(letter);
      const text = await settle(queue, letter, result, options);
      if (result.kind === 'started') session.print(result.id);
      session.note(`${result.kind === 'started' ? 'Started.' : result.problem} ${text}\n`);
      allStarted &&= result.kind === 'started';
    }
  } finally {
    for (const letter of left) await orFailure(queue.release(letter));
  }
  return allStarted;
};

/** Goes through the dead-letter queue once. A message is deleted only after its new run has started. */
export const redriveQueue = async (session: Session, options: QueueOptions): Promise<ExitCode> => {
  const queue = createDeadLetters((await session.outputs()).require('RunDeadLetters'), session.aws);
  const redrive = await createRedrive(session);
  let allStarted = true;
  let count = 0;
  // A message that was given back is not looked at twice.
  const seen = new Set<string>();
  for (;;) {
    const received = (await queue.receive()).filter(({ id }) => !seen.has(id));
    if (received.length === 0) break;
    for (const { id } of received) seen.add(id);
    count += received.length;
    allStarted = (await handleLetters(session, queue, redrive, received, options)) && allStarted;
  }
  if (count === 0) session.note('The dead-letter queue is empty. A message may take a minute to appear.');
  return allStarted ? exitCodes.done : exitCodes.failed;
};
