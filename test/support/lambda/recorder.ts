/** Keeps what happened, and lets a test wait for something that has happened or will. */
export const createRecorder = <Item>() => {
  const items: Item[] = [];
  const watchers = new Set<(item: Item) => void>();

  const next = (matches: (item: Item) => boolean): Promise<Item> =>
    new Promise((resolve) => {
      const watch = (item: Item) => {
        if (!matches(item)) return;
        watchers.delete(watch);
        resolve(item);
      };
      watchers.add(watch);
    });

  return {
    items,
    add: (item: Item) => {
      items.push(item);
      for (const watch of [...watchers]) watch(item);
    },
    /** The first item that matches, as soon as there is one. */
    first: async (matches: (item: Item) => boolean): Promise<Item> => items.find(matches) ?? next(matches),
  };
};
