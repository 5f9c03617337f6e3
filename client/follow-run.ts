import { hasEnded, type Run } from './answers.ts';
import { sleep } from './call.ts';
import type { Client } from './client.ts';
import { type Failure, mayPass, type Result } from './result.ts';

/** A new run takes seconds to appear: for so long, in milliseconds, it may be unknown. */
const longestUnknownMs = 15_000;

type Following = {
  readonly signal: AbortSignal;
  readonly pollMs: number;
  /** How long readings in a row may fail, in milliseconds. Networks and services fail for a moment. @default no limit */
  readonly longestFailureMs?: number;
  /** @default Date.now */
  readonly now?: () => number;
  /** Gets every reading except a failure that ends the following. */
  readonly onReading: (reading: Result<Run>) => void;
};

export const isUnknown = (failure: Failure): boolean => failure.kind === 'problem' && failure.status === 404;

/**
 * Reads a run until it has ended.
 *
 * @returns the ended run, or the failure that lasts; `undefined` if the signal aborted first
 */
export const followRun = async (
  { readRun }: Pick<Client, 'readRun'>,
  id: string,
  { signal, pollMs, longestFailureMs = Number.POSITIVE_INFINITY, now = Date.now, onReading }: Following,
): Promise<Result<Run> | undefined> => {
  let readAt = now();
  const isLasting = (failure: Failure): boolean => {
    if (!isUnknown(failure) && !mayPass(failure)) return true;
    return now() - readAt >= (isUnknown(failure) ? longestUnknownMs : longestFailureMs);
  };
  for (; !signal.aborted; await sleep(pollMs, signal)) {
    const reading = await readRun(id, signal);
    if (signal.aborted) break;
    if (reading.kind !== 'ok' && isLasting(reading)) return reading;
    onReading(reading);
    if (reading.kind !== 'ok') continue;
    if (hasEnded(reading.value)) return reading;
    readAt = now();
  }
  return undefined;
};
