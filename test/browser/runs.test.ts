import { startBrowser } from '../support/browser/console.ts';
import { openEndlessRun } from '../support/browser/views.ts';
import { startLocalService } from '../support/local-service.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let service: Awaited<ReturnType<typeof startLocalService>>;

beforeAll(async () => {
  browser = open.use(await startBrowser());
  service = open.use(await startLocalService());
});

afterAll(() => open.disposeAsync());

test('a run is started, followed and stopped', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;

  await openEndlessRun(page, { group: 'support', failing: '1101000004', done: '1101000003' });
  const bar = page.getByRole('progressbar', { name: 'Instances decided' });
  const before = [await bar.getAttribute('value'), await bar.getAttribute('max')];
  await page.getByRole('button', { name: 'Stop run' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop run' }).click();

  await page
    .getByRole('status')
    .getByText(/^Run STOPPED: 1 confirmed/)
    .waitFor();
  expect(before).toEqual(['2', '3']);
  expect(await page.getByRole('row', { name: '1101000005' }).textContent()).toContain('skipped');
  expect(await page.getByRole('row', { name: '1101000004' }).textContent()).toContain('pending');
  expect(await page.getByRole('button', { name: 'Stop run' }).count()).toBe(0);
  expect(opened.errors).toEqual([]);
});
