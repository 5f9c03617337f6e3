import type { GreenApi } from '../green-api/client.ts';
import type { InstanceId } from '../instances/instance-id.ts';
import type { Ask } from './ask.ts';
import type { Reading } from './evidence.ts';

export type Confirmation = {
  readonly readings: readonly Reading[];
  /** The last state that was read; missing: none was. */
  readonly stateInstance?: string | null;
  /** ISO 8601 instant of the reading that said `notAuthorized`. */
  readonly confirmedAt?: string;
};

export const noConfirmation: Confirmation = { readings: [] };

export type ConfirmDependencies = {
  readonly ask: Ask;
  readonly readState: GreenApi['readState'];
  readonly now: () => Date;
};

/**
 * A signal that aborts when `ended` does, or after `waitMs`. The timer is its own, because the garbage collector may take
 * an `AbortSignal.timeout` that only `AbortSignal.any` knows, before it fires (https://github.com/nodejs/node/issues/57736).
 */
const startWait = (ended: AbortSignal, waitMs: number): Disposable & { readonly isOver: AbortSignal } => {
  const wait = new AbortController();
  const end = () => wait.abort();
  const timer = setTimeout(end, waitMs);
  if (ended.aborted) end();
  else ended.addEventListener('abort', end);
  const dispose = () => {
    clearTimeout(timer);
    ended.removeEventListener('abort', end);
  };
  return { isOver: wait.signal, [Symbol.dispose]: dispose };
};

/**
 * Reads the state at once, and again as often as GREEN-API allows, until it says `notAuthorized` or `waitMs` are over.
 * The first reading has the whole time limit of a call; the later ones end with the wait.
 */
export const createConfirm =
  ({ ask, readState, now }: ConfirmDependencies) =>
  async (idInstance: InstanceId, waitMs: number, signal: AbortSignal): Promise<Confirmation> => {
    using wait = startWait(signal, waitMs);
    const readings: Reading[] = [];
    let last: Pick<Confirmation, 'stateInstance'> = {};

    do {
      const answer = await ask(idInstance, readState, readings.length === 0 ? signal : wait.isOver);
      if (answer.requests === 0) break;

      const at = now().toISOString();
      if (answer.kind === 'state') last = { stateInstance: answer.stateInstance };
      readings.push(
        answer.kind === 'state' ? { at, stateInstance: answer.stateInstance } : { at, failure: answer.reason },
      );
      if (last.stateInstance === 'notAuthorized') return { readings, ...last, confirmedAt: at };
    } while (!wait.isOver.aborted);

    return { readings, ...last };
  };
