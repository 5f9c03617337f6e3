import type { ServerResponse } from 'node:http';
import type { Page } from 'playwright-core';
import { startBrowser } from '../support/browser/console.ts';
import { startConsoleServer } from '../support/console-server.ts';

type Answer = (response: ServerResponse) => void;

let browser: Awaited<ReturnType<typeof startBrowser>>;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(() => browser[Symbol.asyncDispose]());

const runPage =
  (ids: readonly string[], next?: string): Answer =>
  (response) => {
    const runs = ids.map((id) => ({ id, source: 'api', status: 'FAILED', startedAt: '2026-11-24T12:00:00.000Z' }));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ runs, next }));
  };

/** A deployment that answers the list of runs by its query. */
const startRuns = (pages: Readonly<Record<string, Answer>>) =>
  startConsoleServer((request, response) => {
    const page = pages[request.url?.split('?')[1] ?? ''];
    if (page) page(response);
    else response.writeHead(404).end();
  });

const openRuns = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('link', { name: 'Run api-1', exact: true }).waitFor();
};

const shownRuns = (page: Page) => page.getByRole('link', { name: /^Run api-/ }).allTextContents();

const requestsOf = ({ received }: Awaited<ReturnType<typeof startRuns>>): readonly (string | undefined)[] =>
  received.map(({ url }) => url).filter((url) => url?.startsWith('/forced-logouts'));

test('an empty page of older runs leads on to the next page', async () => {
  await using server = await startRuns({
    '': runPage(['api-1'], 'second'),
    'next=second': runPage([], 'third'),
    'next=third': runPage(['api-2']),
  });
  await using opened = await browser.open(server.address);
  const { page } = opened;
  const older = page.getByRole('button', { name: 'Older runs' });

  await openRuns(page);
  await Promise.all([page.waitForResponse(/next=second/), older.click()]);
  await Promise.all([page.waitForResponse(/next=/), older.click()]);
  await older.waitFor({ state: 'detached' });

  expect(await shownRuns(page)).toEqual(['Run api-1', 'Run api-2']);
  expect(opened.errors).toEqual([]);
});

test('a second click while older runs load sends nothing', async () => {
  const held = Promise.withResolvers<void>();
  await using server = await startRuns({
    '': runPage(['api-1'], 'second'),
    'next=second': (response) => void held.promise.then(() => runPage(['api-2'])(response)),
  });
  await using opened = await browser.open(server.address);
  const { page } = opened;

  await openRuns(page);
  await page.getByRole('button', { name: 'Older runs' }).dblclick();
  held.resolve();
  await page.getByRole('link', { name: 'Run api-2', exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Older runs' }).waitFor({ state: 'detached' });

  expect(await shownRuns(page)).toEqual(['Run api-1', 'Run api-2']);
  expect(requestsOf(server)).toEqual(['/forced-logouts', '/forced-logouts?next=second']);
});

test('older runs of another status are not shown when they arrive late', async () => {
  const held = Promise.withResolvers<void>();
  await using server = await startRuns({
    '': runPage(['api-1'], 'second'),
    'next=second': (response) => void held.promise.then(() => runPage(['api-2'])(response)),
    'status=FAILED': runPage(['api-3']),
  });
  await using opened = await browser.open(server.address);
  const { page } = opened;
  const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('next=second'));

  await openRuns(page);
  await page.getByRole('button', { name: 'Older runs' }).click();
  await page.getByLabel('Status').selectOption('FAILED');
  await page.getByRole('link', { name: 'Run api-3', exact: true }).waitFor();
  held.resolve();
  await ended;

  expect(await shownRuns(page)).toEqual(['Run api-3']);
  expect(opened.errors).toEqual([]);
});
