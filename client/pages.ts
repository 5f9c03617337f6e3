import type { Result } from './result.ts';

/** More than any list has: 100 instances or runs a page. A list with more of them has no end. */
const mostPages = 1_000;

type Page = { readonly next?: string | undefined };

type Reading<Item> = {
  /** Ends the reading at so many items. @default no limit */
  readonly limit?: number;
  /** Gets all items so far, after every page. */
  readonly onPage?: ((items: readonly Item[]) => void) | undefined;
};

/** Reads page after page. @param itemsOf the items of a page, which may have none and not be the last */
export const readPages = async <P extends Page, Item>(
  readPage: (next: string | undefined) => Promise<Result<P>>,
  itemsOf: (page: P) => readonly Item[],
  { limit = Number.POSITIVE_INFINITY, onPage }: Reading<Item> = {},
): Promise<Result<readonly Item[]>> => {
  const items: Item[] = [];
  const read = new Set<string | undefined>();
  let next: string | undefined;
  do {
    if (read.has(next) || read.size === mostPages)
      return { kind: 'not-understood', why: 'endless-list', status: 200, mayTakeEffect: false };
    read.add(next);
    const page = await readPage(next);
    if (page.kind !== 'ok') return page;
    items.push(...itemsOf(page.value));
    onPage?.(items);
    ({ next } = page.value);
  } while (next !== undefined && items.length < limit);
  const value = items.slice(0, limit);
  return { kind: 'ok', value, body: value };
};
