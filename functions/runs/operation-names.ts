/**
 * The operations of a run, in the order in which they happen. It waits until `at`, for tags that the list
 * may not show yet, and after each round. `resolve` is retried while Secrets Manager gives no answer. `report-end` comes last:
 * with a name of its own it is not done again when a run is replayed.
 */
export const operationNames = {
  start: 'start',
  waitForAt: 'wait-for-at',
  resolve: 'resolve',
  waitForTags: 'wait-for-late-tags',
  resolveAgain: 'resolve-again',
  waitForSecondLook: 'wait-for-second-look',
  secondLook: 'second-look',
  startWatch: 'start-watch',
  reportEnd: 'report-end',
} as const;

const namesOfRounds = (prefix: string) => ({
  round: (round: number, batch: number) => `${prefix}round-${round}-batch-${batch}`,
  rest: (round: number, batch: number) => `${prefix}rest-after-round-${round}-batch-${batch}`,
  waitAfterRound: (round: number) => `${prefix}wait-after-round-${round}`,
});

/** The operations of the rounds that follow the first look at the list, and of those that follow the second. */
export const roundNames = { first: namesOfRounds(''), second: namesOfRounds('second-look-') } as const;

export type Look = keyof typeof roundNames;

export const isWaitAfterRound = (name: string): boolean => /^(?:second-look-)?wait-after-round-\d+$/.test(name);

export type Place = { readonly look: Look; readonly round: number; readonly batch: number };

/** `undefined` if the operation is not the processing of a batch. */
export const placeOf = (name: string): Place | undefined => {
  const [, prefix, round, batch] = /^(second-look-)?round-(\d+)-batch-(\d+)$/.exec(name) ?? [];
  if (batch === undefined) return undefined;
  return { look: prefix === undefined ? 'first' : 'second', round: Number(round), batch: Number(batch) };
};

export const byPlace = (a: Place, b: Place): number =>
  a.look === b.look ? a.round - b.round || a.batch - b.batch : a.look.localeCompare(b.look);

/** Instances in one step: their states fit into one checkpoint, and their calls into one invocation. */
export const batchSize = 200;

/** The items of a batch of a round, from 1 on. */
export const batchAt = <Item>(items: readonly Item[], batch: number): readonly Item[] =>
  items.slice((batch - 1) * batchSize, batch * batchSize);
