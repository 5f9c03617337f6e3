import { DurableOperationError } from '@aws/durable-execution-sdk-js';
import * as v from 'valibot';
import { invalidFieldsOf } from '../platform/unknown-values.ts';
import { countOperations, type Execution, type Operations } from '../runs/durable-operations.ts';
import { type WatchRequest, watchRequestSchema } from '../runs/start-watch.ts';
import { createPoll, type PollDependencies } from './poll.ts';
import { nextPoll } from './poll-schedule.ts';
import type { WatchIdentity } from './watch-evidence.ts';
import { applyPoll, initialState, resultOf, type WatchResult, watchOperationNames } from './watch-state.ts';

class InvalidWatch extends Error {
  override readonly name = 'InvalidWatch';
}

/** Fails the execution of a watch; its result arrives as the data of its error. */
class InstancesNotRead extends DurableOperationError {
  readonly errorType = 'InstancesNotRead';
}

const parseWatchRequest = (payload: unknown): WatchRequest => {
  const parsed = v.safeParse(watchRequestSchema, payload);
  if (parsed.success) return parsed.output;
  throw new InvalidWatch(`The payload is not a watch: see ${invalidFieldsOf(parsed.issues)}`);
};

/**
 * A watch from its payload to its result.
 *
 * @throws InstancesNotRead if an instance was never read, or not by the last polls
 */
export const createWatch = (dependencies: PollDependencies) => {
  const poll = createPoll(dependencies);
  const { now } = dependencies;

  const runPolls = async (operations: Operations, watch: WatchIdentity) => {
    const startMs = Date.parse(watch.startedAt);
    const endMs = Date.parse(watch.request.until);
    let state = initialState(watch.request);
    let atMs = startMs;
    let rechecks = 0;
    for (let number = 1; state.watching.size > 0; number += 1) {
      const isSuspicious = state.suspects.size > 0;
      const time = { elapsedMs: atMs - startMs, leftMs: endMs - atMs, used: operations.used(), isSuspicious, rechecks };
      const next = nextPoll(time);
      if (next === undefined) break;
      if (next.isRecheck) rechecks += 1;
      await operations.wait(watchOperationNames.waitBeforePoll(number), next.seconds);
      const before = state;
      const result = await operations.step(watchOperationNames.poll(number), () =>
        poll(watch, before, operations.remainingMs),
      );
      state = applyPoll(state, result);
      atMs = Date.parse(result.at);
    }
    return state;
  };

  return async (payload: unknown, { name: id, ...execution }: Execution): Promise<WatchResult> => {
    const request = parseWatchRequest(payload);
    const operations = countOperations(execution);
    const startedAt = await operations.step(watchOperationNames.start, async () => now().toISOString());
    const result = resultOf(await runPolls(operations, { id, request, startedAt }));
    const { notRead = [] } = result;
    if (notRead.length === 0) return result;
    const message = `${notRead.length} of ${request.instances.length} instances could not be read at the end of the watch: somebody may have linked them again`;
    throw new InstancesNotRead(message, undefined, JSON.stringify(result));
  };
};
