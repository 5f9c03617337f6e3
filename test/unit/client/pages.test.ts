import { readPages } from '../../../client/pages.ts';
import type { Result } from '../../../client/result.ts';

type Page = { readonly items: readonly number[]; readonly next?: string };

const ok = (page: Page): Result<Page> => ({ kind: 'ok', value: page, body: page });

/** Reads a list whose pages are what `pageAfter` gives, and counts them. */
const read = async (
  pageAfter: (next: string | undefined) => Result<Page>,
  options?: Parameters<typeof readPages>[2],
) => {
  let pages = 0;
  const readPage = async (next: string | undefined) => {
    pages += 1;
    return pageAfter(next);
  };
  return { result: await readPages(readPage, ({ items }) => items, options), pages };
};

const endless = { kind: 'not-understood', why: 'endless-list', mayTakeEffect: false };

test('pages are read until one names no next, over empty ones', async () => {
  const pages: Readonly<Record<string, Page>> = { a: { items: [], next: 'b' }, b: { items: [3] } };

  const soFar: string[] = [];
  const onPage = (items: readonly unknown[]) => void soFar.push(items.join(' '));

  const { result } = await read((next) => ok(pages[next ?? ''] ?? { items: [1, 2], next: 'a' }), { onPage });

  expect(result).toMatchObject({ kind: 'ok', value: [1, 2, 3] });
  expect(soFar).toEqual(['1 2', '1 2', '1 2 3']);
});

test('no page is read after the limit, and nothing above it is given', async () => {
  const { result, pages } = await read((next) => ok({ items: [1, 2], next: `${next}+` }), { limit: 3 });

  expect(result).toMatchObject({ kind: 'ok', value: [1, 2, 1] });
  expect(pages).toBe(2);
});

test.each([
  ['a page names itself', () => 'a', 2],
  ['pages name each other', (next: string | undefined) => (next === 'a' ? 'b' : 'a'), 3],
  ['every page names a new one', (next = '') => `${next}+`, 1_000],
])('a list ends when %s', async (_name, nextAfter, most) => {
  const { result, pages } = await read((next) => ok({ items: [], next: nextAfter(next) }));

  expect(result).toMatchObject(endless);
  expect(pages).toBe(most);
});

test('a page that fails is the result', async () => {
  const failure = { kind: 'problem', status: 500, body: '', mayTakeEffect: false } as const;

  const { result } = await read((next) => (next === undefined ? ok({ items: [1], next: 'a' }) : failure));

  expect(result).toBe(failure);
});
