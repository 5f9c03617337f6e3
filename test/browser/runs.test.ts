import type { ServerResponse } from 'node:http';
import type { Page } from 'playwright-core';
import { startBrowser } from '../support/browser/console.ts';
import { untilFocused } from '../support/browser/keyboard.ts';
import { openEndlessRun, openNewRun } from '../support/browser/views.ts';
import { startConsoleServer } from '../support/console-server.ts';
import { startLocalService } from '../support/local-service.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let service: Awaited<ReturnType<typeof startLocalService>>;

beforeAll(async () => {
  browser = open.use(await startBrowser());
  service = open.use(await startLocalService());
});

afterAll(() => open.disposeAsync());

const setState = async (idInstance: string, stateInstance: string): Promise<void> => {
  const emulated = `${service.url}/local/instances/${idInstance}`;
  await fetch(`${emulated}/fault`, { method: 'DELETE' });
  await fetch(`${emulated}/state`, { method: 'PUT', body: JSON.stringify({ stateInstance }) });
};

test('a drill logs nobody out and leads to the run that does, which is followed to its end', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  for (const idInstance of ['1101000001', '1101000002']) await setState(idInstance, 'authorized');

  await openNewRun(page, 'sales');
  await page.getByRole('dialog').getByRole('button', { name: 'Start the drill over 2 instances' }).click();
  const row = page.getByRole('row', { name: '1101000002' });
  const drillAnswer = page.getByText('Drill: nobody was logged out. 2 of 2 could be logged out.', { exact: true });
  await drillAnswer.waitFor();
  const drilled = await row.textContent();
  const owner = await row.getByText('ann@example.com').innerHTML();
  const noLogout = !service.output().includes('"idInstance":"1101000002"');
  await page.getByRole('button', { name: 'Log these instances out' }).click();
  const dialog = page.getByRole('dialog');
  const form = [await dialog.getByLabel('Group').inputValue(), await dialog.getByLabel('Reason').inputValue()];
  await dialog.getByRole('button', { name: 'team closed' }).click();
  await dialog.getByRole('button', { name: 'Log 2 instances out' }).click();

  await page.getByText('Everybody is out: 2 of 2 confirmed.', { exact: true }).waitFor();
  expect(await page.getByRole('status').textContent()).toBe('Log out group sales: Everybody is out: 2 of 2 confirmed.');
  expect(await page.title()).toBe('2/2 · group sales · green-api-logout');
  expect(await page.getByRole('img').getAttribute('aria-label')).toBe('2 confirmed');
  expect(drilled).toContain('ready');
  expect(owner).toContain('ann@<wbr>example.com');
  expect(noLogout).toBe(true);
  expect(form).toEqual(['sales', '']);
  await page.getByRole('link', { name: 'All runs' }).click();
  await page.getByRole('row', { name: /Drill over group sales/ }).waitFor();
  const [real] = await page.getByRole('row', { name: /Log out group sales api-[0-9a-f]{40}/ }).allInnerTexts();
  const [drill] = await page.getByRole('row', { name: /Drill over group sales api-[0-9a-f]{40}/ }).allInnerTexts();
  expect(real).toMatch(/2 of 2 confirmed\s+team closed\s+local/);
  expect(drill).toMatch(/Drill: nobody was logged out, 2 of 2 ready\s+team closed\s+local/);
  expect(opened.errors).toEqual([]);
});

test('a run is followed and stopped, and tried again only by somebody who knows that it was stopped', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;

  await openEndlessRun(page, { group: 'support', failing: '1101000004', done: '1101000003' });
  const bar = page.getByRole('img');
  await page.getByText('1 of 3 is out. 1 was left alone, 1 is to come.').waitFor();
  const before = await bar.getAttribute('aria-label');
  await page.getByRole('button', { name: 'Stop run' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop run' }).click();

  await page
    .getByRole('status')
    .getByText(/^Log out group support: Stopped\. 1 of 3 is out/)
    .waitFor();
  await untilFocused(page.getByRole('heading', { level: 1 }));
  expect(before).toBe('1 confirmed · 1 skipped · 1 to come');
  expect(await page.getByRole('row', { name: '1101000004' }).textContent()).toMatch(
    /john\.doe@example\.com.*unconfirmed/,
  );
  expect(await page.getByRole('row', { name: '1101000005' }).textContent()).toContain('Protected');
  expect(await page.getByRole('button', { name: 'Stop run' }).count()).toBe(0);
  await fetch(`${service.url}/local/instances/1101000004/fault`, { method: 'DELETE' });
  await page.getByRole('button', { name: 'Try the 2 that are not confirmed again' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/Stopped by /).waitFor();
  await dialog.getByLabel('Retry it anyway').check();
  await dialog.getByRole('button', { name: 'Try 2 instances again' }).click();
  await page.getByText('1 of 2 is out. 1 was left alone.', { exact: true }).waitFor();
  expect(await page.getByText('Retry of').count()).toBe(1);
  expect(opened.errors).toEqual([]);
});

test('the message of an ended run stays neither above another view nor above a run that goes on', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const status = page.getByRole('status');
  await openEndlessRun(page, { group: 'sales', failing: '1101000002', done: '1101000001' });
  const goingOn = page.url();
  await openNewRun(page, 'support');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Start the drill/ })
    .click();
  await status.getByText(/^Drill over group support: Drill: nobody/).waitFor();

  await page.getByRole('link', { name: 'All runs' }).click();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  const aboveList = await status.textContent();
  await page.goBack();
  await status.getByText(/^Drill/).waitFor();
  await page.goto(goingOn);
  await page.getByRole('button', { name: 'Stop run' }).waitFor();

  expect(aboveList).toBe('');
  expect(await status.textContent()).toBe('');
  expect(opened.errors).toEqual([]);
  // It would read the same instances behind a later drill.
  await fetch(`${service.url}/forced-logouts/${goingOn.split('/').at(-1)}`, { method: 'DELETE' });
});

test('the error of a start is gone while the next try is under way', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const refusal = { status: 503, json: { message: 'Service Unavailable' } };
  const start = page.getByRole('button', { name: /^Start the drill/ });
  await openNewRun(page, 'sales');
  await page.route('**/forced-logouts', (route) => route.fulfill(refusal), { times: 1 });
  await start.click();
  await page.getByRole('alert').waitFor();
  await page.route('**/forced-logouts', (route) => mayAnswer.then(() => route.fulfill(refusal)), { times: 1 });

  await start.click();

  await page.getByRole('alert').waitFor({ state: 'detached' });
  answer();
  await page.getByRole('alert').getByText('Service Unavailable').waitFor();
});

test('a wrong number among the closed options is shown when the run is started', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await openNewRun(page, 'sales');
  const dialog = page.getByRole('dialog');
  const options = dialog.getByText('More options');
  const most = dialog.getByLabel('Maximum number of instances');
  await options.click();
  await most.fill('0');
  await options.click();
  await most.waitFor({ state: 'hidden' });

  await dialog.getByRole('button', { name: /^Start the drill/ }).click();

  await untilFocused(most);
  expect(await most.isVisible()).toBe(true);
  expect(opened.errors).toEqual([]);
});

test('a drill counts who is logged out already, confirms nobody, and shows who is excepted', async () => {
  for (const idInstance of ['1101000001', '1101000002']) await setState(idInstance, 'notAuthorized');
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await openNewRun(page, 'sales');
  await page.getByText('More options').click();
  await page.getByRole('dialog').getByLabel('Except').fill('1101000003;\n1101000004');

  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Start the drill/ })
    .click();

  const progress = page.getByRole('region', { name: 'Progress' });
  await progress.getByText('Drill: nobody was logged out. 0 of 2 could be logged out, 2 already are.').waitFor();
  await page.getByText('leaves out 1101000003, 1101000004').waitFor();
});

test('pasted ids are counted, and what is no id or not enrolled is named', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await openNewRun(page, 'sales');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Target').selectOption('Instances by their ids');
  await dialog.getByLabel('Ids').fill('1101000001;"1101000002"\t1101000005\nidInstance, 999');

  await dialog.getByText('1 instance is protected: runs leave it alone. Not enrolled: 999.').waitFor();
  expect(await dialog.getByRole('alert').textContent()).toBe('Left out, because it is not an id: idInstance');
  await dialog.getByLabel('Dry run').uncheck();
  expect(await dialog.getByRole('button', { name: /^Log \d/ }).textContent()).toBe('Log 2 instances out');
  await dialog.getByLabel('Ids').fill('1101000005');
  await dialog.getByText('No instance would be logged out.').waitFor();
  expect(await dialog.getByRole('button').allTextContents()).toEqual(['Cancel']);
});

test('to log everybody out, the number is typed, and sent as the most that the run may meet', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await openNewRun(page, 'sales');
  const dialog = page.getByRole('dialog');
  const button = dialog.getByRole('button', { name: 'Log 4 instances out' });
  const requests: unknown[] = [];
  await page.route('**/forced-logouts', (route) => {
    requests.push(route.request().postDataJSON());
    return route.fulfill({ status: 403, json: { message: 'Forbidden' } });
  });
  await dialog.getByLabel('Target').selectOption('All instances');
  await dialog.getByLabel('Dry run').uncheck();
  const typed = dialog.getByLabel('Type 4 to log all of them out');
  await typed.fill('40');

  await button.click();
  await untilFocused(typed);
  const early = requests.length;
  await typed.fill('4');
  await button.click();
  await dialog.getByRole('alert').waitFor();

  expect(early).toBe(0);
  expect(requests).toEqual([{ maxTargets: 4, reason: 'team closed', target: { all: true } }]);
});

test('a run that found nobody says so, and is not shown as a success', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const body = JSON.stringify({ target: { group: 'nobody' }, reason: 'team closed' });
  const { id } = (await (await fetch(`${service.url}/forced-logouts`, { method: 'POST', body })).json()) as {
    id: string;
  };

  await page.goto(`${service.url}/#/runs/${id}`);

  const progress = page.getByRole('region', { name: 'Progress' });
  await progress.getByText('Note: no instance was found for the target').waitFor();
  await progress.getByText('Nobody was logged out: no instance has this target.').waitFor();
  expect(await progress.getByRole('img').count()).toBe(0);
  expect(await page.getByText('The run has ended and lists no instance').count()).toBe(1);
  expect(await page.getByText('No instance yet').count()).toBe(0);
  await page.getByRole('button', { name: 'Look for the target again' }).waitFor();
  await page.getByRole('link', { name: 'All runs' }).click();
  const result = page.getByRole('row', { name: /group nobody/ }).getByText('no instance was found');
  expect(await result.getAttribute('class')).not.toContain('succeeded');
});

describe('older runs', () => {
  type Answer = (response: ServerResponse) => void;

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
});
