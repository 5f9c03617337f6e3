import { parseJson } from '../../functions/platform/unknown-values.ts';
import { orFailure } from '../errors.ts';
import { createDeadLetterQueue, type DeadLetterMessage } from '../failed-events/dead-letter-queue.ts';
import type { Session } from '../session.ts';

const reasonOf = ({ body }: DeadLetterMessage): unknown => {
  const payload = parseJson(body);
  return typeof payload === 'object' && payload !== null ? Reflect.get(payload, 'reason') : undefined;
};

/** More messages than this are left alone. */
const mostBatches = 10;

/** Removes the requests of runs with this reason from the dead-letter queue, and gives all others back. */
export const removeSmokeMessages = async (session: Session, reason: string): Promise<number> => {
  const queue = createDeadLetterQueue((await session.outputs()).require('RunDeadLetters'), session.aws);
  const isOwn = (message: DeadLetterMessage) => reasonOf(message) === reason;
  const others: DeadLetterMessage[] = [];
  let removed = 0;
  try {
    for (let batch = 0; batch < mostBatches; batch += 1) {
      const messages = await queue.receive();
      if (messages.length === 0) break;
      others.push(...messages.filter((message) => !isOwn(message)));
      for (const message of messages.filter(isOwn)) {
        await queue.remove(message);
        removed += 1;
      }
    }
  } finally {
    for (const message of others) await orFailure(queue.release(message));
  }
  return removed;
};
