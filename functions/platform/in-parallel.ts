/** Applies `act` to every item, at most `limit` at once, and keeps their order. `act` must not reject: the other results would be lost. */
export const inParallel = async <Item, Result>(
  limit: number,
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const queue = items.entries();
  const work = async () => {
    for (const [index, item] of queue) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
};
