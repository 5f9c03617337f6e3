/**
 * The operations of a run, in the order in which they happen. It waits until `at`, for tags that the list
 * may not show yet, and after each round. `resolve` is retried while Secrets Manager gives no answer.
 */
export const operationNames = {
  start: 'start',
  waitForAt: 'wait-for-at',
  resolve: 'resolve',
  waitForTags: 'wait-for-late-tags',
  resolveAgain: 'resolve-again',
  round: (round: number, batch: number) => `round-${round}-batch-${batch}`,
  rest: (round: number, batch: number) => `rest-after-round-${round}-batch-${batch}`,
  startWatch: 'start-watch',
  waitAfterRound: (round: number) => `wait-after-round-${round}`,
} as const;

export const isWaitAfterRound = (name: string): boolean => /^wait-after-round-\d+$/.test(name);

/** The round and batch of an operation; `undefined` if it is not the processing of a batch. */
export const placeOf = (name: string): { readonly round: number; readonly batch: number } | undefined => {
  const [, round, batch] = /^round-(\d+)-batch-(\d+)$/.exec(name) ?? [];
  return batch === undefined ? undefined : { round: Number(round), batch: Number(batch) };
};

/** Instances in one step: their states fit into one checkpoint, and their calls into one invocation. */
export const batchSize = 200;

/** The items of a batch of a round, from 1 on. */
export const batchAt = <Item>(items: readonly Item[], batch: number): readonly Item[] =>
  items.slice((batch - 1) * batchSize, batch * batchSize);
