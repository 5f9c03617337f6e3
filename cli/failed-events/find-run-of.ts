import type { Execution } from '@aws-sdk/client-lambda';
import { parseJson } from '../../functions/platform/unknown-values.ts';
import { stableJson } from '../../functions/runs/lambda/start-run.ts';
import { type Executions, hasExecutionEnded } from '../aws/executions.ts';

/** The run whose request a dead-letter message holds. */
export type FailedRun = {
  readonly id: string;
  readonly status: string;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** What Lambda keeps of why it failed, or who stopped it. */
  readonly error: string | undefined;
};

/** How many executions are compared with a message at the most. */
const mostCompared = 50;

/** A failed run leaves its message within seconds of its end. */
const longestDelayMs = 60 * 60 * 1_000;

const distance = ({ EndTimestamp }: Execution, sentAt: Date): number =>
  EndTimestamp === undefined ? Number.POSITIVE_INFINITY : Math.abs(EndTimestamp.getTime() - sentAt.getTime());

/** The ended runs without success that may have left the message, the likeliest first. */
const candidates = async (executions: Executions, functionName: string, sentAt: Date | undefined) => {
  const found: Execution[] = [];
  for await (const execution of executions.list(functionName)) {
    if (!hasExecutionEnded(execution) || execution.Status === 'SUCCEEDED') continue;
    if (sentAt === undefined && found.length >= mostCompared) break;
    if (sentAt === undefined || distance(execution, sentAt) <= longestDelayMs) found.push(execution);
  }
  if (sentAt !== undefined) found.sort((a, b) => distance(a, sentAt) - distance(b, sentAt));
  return found.slice(0, mostCompared);
};

const isSameJson = (a: string, b: string): boolean => {
  const [first, second] = [parseJson(a), parseJson(b)];
  return first !== undefined && stableJson(first) === stableJson(second);
};

/**
 * Lambda puts the request of a failed run into the queue, and not its name: the run is the one that was started with this
 * very request and ended when the message was sent.
 *
 * @param sentAt when the message was sent; `undefined` if that is not known
 */
export const findRunOf = async (
  body: string,
  sentAt: Date | undefined,
  executions: Executions,
  functionName: string,
): Promise<FailedRun | undefined> => {
  for (const { DurableExecutionArn = '' } of await candidates(executions, functionName, sentAt)) {
    const execution = await executions.get(DurableExecutionArn);
    if (!isSameJson(execution.InputPayload ?? '', body)) continue;
    return {
      id: execution.DurableExecutionName ?? '',
      status: execution.Status ?? '',
      startedAt: execution.StartTimestamp?.toISOString(),
      endedAt: execution.EndTimestamp?.toISOString(),
      error: execution.Error?.ErrorMessage,
    };
  }
  return undefined;
};
