import { violation } from './wire.ts';

type PageRequest<Item> = {
  /** The items, oldest first. */
  readonly items: readonly Item[];
  /** Where an item stands; grows with the items and never changes, so that a marker stays good while items are added. */
  readonly position: (item: Item) => number;
  readonly newestFirst: boolean;
  readonly query: URLSearchParams;
};

export type Page<Item> = { readonly page: readonly Item[]; readonly NextMarker?: string };

const parseMaxItems = (query: URLSearchParams): number => {
  const text = query.get('MaxItems') ?? '0';
  const maxItems = Number(text);
  if (!/^\d+$/.test(text) || maxItems > 1000) throw violation('maxItems', 'Member must be between 0 and 1000');
  return maxItems === 0 ? 100 : maxItems;
};

const parseMarker = (query: URLSearchParams): number | undefined => {
  const text = query.get('Marker');
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw violation('marker', 'Member must be a marker from an earlier answer');
  return Number(text);
};

/** One page, as `Marker` and `MaxItems` ask for it (default 100, at most 1,000). */
export const pageOf = <Item>({ items, position, newestFirst, query }: PageRequest<Item>): Page<Item> => {
  const marker = parseMarker(query);
  const maxItems = parseMaxItems(query);
  const isAfterMarker = (item: Item) =>
    marker === undefined || (newestFirst ? position(item) < marker : position(item) > marker);
  const rest = (newestFirst ? items.toReversed() : items).filter(isAfterMarker);
  const page = rest.slice(0, maxItems);
  const last = page.at(-1);
  return rest.length > page.length && last !== undefined ? { page, NextMarker: String(position(last)) } : { page };
};
