import type { Durable } from '../../functions/runs/durable-operations.ts';

/** A clock that stands still until it is moved. */
export const createClock = (start = '2026-11-30T17:00:00.000Z') => {
  let nowMs = Date.parse(start);
  return {
    now: () => new Date(nowMs),
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
};

export type Clock = ReturnType<typeof createClock>;

type Operation = {
  readonly name: string;
  readonly payload?: string;
  /** The payload, read once: a handler that keeps to its types cannot change it. */
  readonly result?: unknown;
  readonly seconds?: number;
};

class Suspended extends Error {}

/** Whether the process dies after this attempt at a step has acted, and before its result is on record. */
export type DiesAfter = (step: string, attempt: number) => boolean;

/** Replays take the square of the waits: after so many, only one in ten is followed by a replay. */
const replayedWaits = 10;

const longestPayload = 256 * 1_024;

/** A character has at most three bytes: most texts need not be counted. */
const isLongerThan = (text: string, bytes: number): boolean =>
  text.length > bytes / 3 && Buffer.byteLength(text) > bytes;

/**
 * A durable execution that replays its handler from the start after waits and retries, on a clock that jumps. It
 * refuses what Lambda refuses, and a replay that tells another story.
 */
export const execute = async <Result>(
  clock: Clock,
  handler: (durable: Durable) => Promise<Result>,
  diesAfter: DiesAfter = () => false,
) => {
  const operations: Operation[] = [];
  const attempts = new Map<number, number>();
  let waits = 0;

  const replay = () => {
    let next = 0;
    const remembered = (name: string) => {
      const index = next++;
      const operation = operations[index];
      if (operation !== undefined && operation.name !== name)
        throw new Error(`on replay, ${operation.name} has become ${name}`);
      return { index, operation };
    };
    const keep = (index: number, operation: Operation) => {
      if (index >= 3_000) throw new Error('more than 3,000 operations');
      operations[index] = operation;
      if (isLongerThan(operation.payload ?? '', longestPayload)) throw new Error(`${operation.name} is too long`);
    };

    const step = async (
      name: string,
      act: (context: { readonly attempt: number }) => Promise<unknown>,
      config?: StepConfig,
    ) => {
      const { index, operation } = remembered(name);
      if (operation !== undefined) return operation.result;
      try {
        const tried = (attempts.get(index) ?? 0) + 1;
        const payload = JSON.stringify(await act({ attempt: tried }));
        if (diesAfter(name, tried)) throw new Error('the process died before its checkpoint');
        const result: unknown = JSON.parse(payload);
        keep(index, { name, payload, result });
        return result;
      } catch (error) {
        const attempt = (attempts.get(index) ?? 0) + 1;
        attempts.set(index, attempt);
        const retry = config?.retryStrategy?.(error, attempt);
        if (!retry?.shouldRetry) throw error;
        clock.advance(retry.delay.seconds * 1_000);
        throw new Suspended();
      }
    };
    const wait = async (name: string, { seconds }: { readonly seconds: number }) => {
      const { index, operation } = remembered(name);
      if (operation !== undefined) return;
      if (!Number.isInteger(seconds) || seconds < 1) throw new Error(`${name} cannot wait for ${seconds} s`);
      keep(index, { name, seconds });
      clock.advance(seconds * 1_000);
      waits += 1;
      if (waits <= replayedWaits || waits % 10 === 0) throw new Suspended();
    };
    return handler({ step, wait } as unknown as Durable);
  };

  const toItsEnd = async (): Promise<{ readonly result?: Result; readonly error?: unknown }> => {
    for (;;) {
      try {
        return { result: await replay() };
      } catch (error) {
        if (!(error instanceof Suspended)) return { error };
      }
    }
  };

  return { ...(await toItsEnd()), operations, tries: (index: number) => attempts.get(index) ?? 0 };
};

type StepConfig = {
  readonly retryStrategy?: (
    error: unknown,
    attempt: number,
  ) => { readonly shouldRetry: boolean; readonly delay: { readonly seconds: number } };
};
