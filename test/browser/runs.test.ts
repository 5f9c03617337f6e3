import { startBrowser } from '../support/browser/console.ts';
import { untilFocused } from '../support/browser/keyboard.ts';
import { openEndlessRun, openNewRun } from '../support/browser/views.ts';
import { startLocalService } from '../support/local-service.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let service: Awaited<ReturnType<typeof startLocalService>>;

beforeAll(async () => {
  browser = open.use(await startBrowser());
  service = open.use(await startLocalService());
});

afterAll(() => open.disposeAsync());

test('a drill logs nobody out and leads to the run that does, which is followed to its end', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;

  await openNewRun(page, 'sales');
  await page.getByRole('dialog').getByRole('button', { name: 'Start dry run' }).click();
  const row = page.getByRole('row', { name: '1101000002' });
  await page
    .getByRole('status')
    .getByText(/^Run \S+ SUCCEEDED/)
    .waitFor();
  const drilled = await row.textContent();
  const noLogout = !service.output().includes('"idInstance":"1101000002"');
  await page.getByRole('button', { name: 'Log these instances out' }).click();
  const dialog = page.getByRole('dialog');
  const form = [await dialog.getByLabel('Group').inputValue(), await dialog.getByLabel('Reason').inputValue()];
  await dialog.getByRole('button', { name: 'Start run' }).click();

  await row.getByText('logged-out', { exact: true }).waitFor();
  await page
    .getByRole('status')
    .getByText(/^Run \S+ SUCCEEDED: 2 confirmed/)
    .waitFor();
  expect(drilled).toContain('ready');
  expect(noLogout).toBe(true);
  expect(form).toEqual(['sales', 'team closed']);
  await page.getByRole('link', { name: 'All runs' }).click();
  await page
    .getByRole('row', { name: /api.*SUCCEEDED/ })
    .nth(1)
    .waitFor();
  const [real, drill] = await page.getByRole('row', { name: /api-[0-9a-f]{40} SUCCEEDED/ }).allInnerTexts();
  expect(real).toMatch(/SUCCEEDED\s+group sales\s+2 of 2 confirmed\s+team closed\s+local/);
  expect(drill).toMatch(/SUCCEEDED \(drill\)\s+group sales\s+\d of 2 ready.*\s+team closed\s+local/);
  expect(opened.errors).toEqual([]);
});

test('a run is followed and stopped', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;

  await openEndlessRun(page, { group: 'support', failing: '1101000004', done: '1101000003' });
  const bar = page.getByRole('progressbar', { name: 'Instances decided' });
  const before = [await bar.getAttribute('value'), await bar.getAttribute('max')];
  await page.getByRole('button', { name: 'Stop run' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop run' }).click();

  await page
    .getByRole('status')
    .getByText(/^Run \S+ STOPPED: 1 confirmed/)
    .waitFor();
  await untilFocused(page.getByRole('heading', { level: 1 }));
  expect(before).toEqual(['2', '3']);
  expect(await page.getByRole('row', { name: '1101000004' }).textContent()).toMatch(
    /john\.doe@example\.com.*unconfirmed/,
  );
  expect(await page.getByRole('row', { name: '1101000005' }).textContent()).toContain('protected');
  expect(await page.getByRole('button', { name: 'Stop run' }).count()).toBe(0);
  expect(opened.errors).toEqual([]);
});

test('the message of an ended run stays neither above another view nor above a run that goes on', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const status = page.getByRole('status');
  await openEndlessRun(page, { group: 'sales', failing: '1101000002', done: '1101000001' });
  const goingOn = page.url();
  await openNewRun(page, 'support');
  await page.getByRole('dialog').getByRole('button', { name: 'Start dry run' }).click();
  await status.getByText(/^Run \S+ (?:SUCCEEDED|FAILED):/).waitFor();
  const ended = [page.url().split('/').at(-1) ?? '', await status.textContent()] as const;

  await page.getByRole('link', { name: 'All runs' }).click();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  const aboveList = await status.textContent();
  await page.goBack();
  await status.getByText(/^Run/).waitFor();
  await page.goto(goingOn);
  await page.getByText('RUNNING', { exact: true }).waitFor();

  expect(ended[1]).toContain(ended[0]);
  expect(aboveList).toBe('');
  expect(await status.textContent()).toBe('');
  expect(opened.errors).toEqual([]);
});

test('the error of a start is gone while the next try is under way', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const refusal = { status: 503, json: { message: 'Service Unavailable' } };
  await openNewRun(page, 'sales');
  await page.route('**/forced-logouts', (route) => route.fulfill(refusal), { times: 1 });
  await page.getByRole('button', { name: 'Start dry run' }).click();
  await page.getByRole('alert').waitFor();
  await page.route('**/forced-logouts', (route) => mayAnswer.then(() => route.fulfill(refusal)), { times: 1 });

  await page.getByRole('button', { name: 'Start dry run' }).click();

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
  await most.fill('');
  await options.click();
  await most.waitFor({ state: 'hidden' });

  await dialog.getByRole('button', { name: 'Start dry run' }).click();

  await untilFocused(most);
  expect(await most.isVisible()).toBe(true);
  expect(opened.errors).toEqual([]);
});

test('a drill counts who is logged out already, confirms nobody, and shows who is excepted', async () => {
  for (const idInstance of ['1101000001', '1101000002']) {
    const emulated = `${service.url}/local/instances/${idInstance}`;
    await fetch(`${emulated}/fault`, { method: 'DELETE' });
    await fetch(`${emulated}/state`, { method: 'PUT', body: '{"stateInstance":"notAuthorized"}' });
  }
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await openNewRun(page, 'sales');
  await page.getByText('More options').click();
  await page.getByRole('dialog').getByLabel('Except').fill('1101000003, 1101000004');

  await page.getByRole('dialog').getByRole('button', { name: 'Start dry run' }).click();

  const counts = '0 ready, 2 already logged out, 0 failed, 0 skipped, 0 pending, 2 in total';
  await page.getByRole('region', { name: 'Progress' }).getByText(counts, { exact: true }).waitFor();
  await page.getByText('leaves out 1101000003, 1101000004').waitFor();
});

test('a run that found nobody says so, and is not shown as a success', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await openNewRun(page, 'nobody');
  await page.getByRole('dialog').getByLabel('Dry run').uncheck();

  await page.getByRole('dialog').getByRole('button', { name: 'Start run' }).click();

  const progress = page.getByRole('region', { name: 'Progress' });
  await progress.getByText('Note: no instance was found for the target').waitFor();
  expect(await progress.getByText('SUCCEEDED (met nobody)', { exact: true }).getAttribute('class')).not.toContain(
    'good',
  );
  expect(await page.getByText('The run has ended and lists no instance').count()).toBe(1);
  expect(await page.getByText('No instance yet').count()).toBe(0);
});
