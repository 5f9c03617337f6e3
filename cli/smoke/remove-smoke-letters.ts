import { parseJson } from '../../functions/platform/unknown-values.ts';
import { orFailure } from '../errors.ts';
import { createDeadLetters, type DeadLetter } from '../redrive/dead-letters.ts';
import type { Session } from '../session.ts';

const reasonOf = ({ body }: DeadLetter): unknown => {
  const payload = parseJson(body);
  return typeof payload === 'object' && payload !== null ? Reflect.get(payload, 'reason') : undefined;
};

/** More messages than this are left alone. */
const mostBatches = 10;

/** Removes the requests of runs with this reason from the dead-letter queue, and gives all others back. */
export const removeSmokeLetters = async (session: Session, reason: string): Promise<number> => {
  const queue = createDeadLetters((await session.outputs()).require('RunDeadLetters'), session.aws);
  const isOwn = (letter: DeadLetter) => reasonOf(letter) === reason;
  const others: DeadLetter[] = [];
  let removed = 0;
  try {
    for (let batch = 0; batch < mostBatches; batch += 1) {
      const letters = await queue.receive();
      if (letters.length === 0) break;
      others.push(...letters.filter((letter) => !isOwn(letter)));
      for (const letter of letters.filter(isOwn)) {
        await queue.remove(letter);
        removed += 1;
      }
    }
  } finally {
    for (const letter of others) await orFailure(queue.release(letter));
  }
  return removed;
};
