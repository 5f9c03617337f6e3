import { join } from 'node:path';
import { findViolations, horizontalOverflow } from '../support/browser/accessibility.ts';
import { startBrowser } from '../support/browser/console.ts';
import { views } from '../support/browser/views.ts';
import { startLocalService } from '../support/local-service.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let service: Awaited<ReturnType<typeof startLocalService>>;

beforeAll(async () => {
  const configuration = join(__dirname, '..', 'support', 'browser', 'schedules.json');
  browser = open.use(await startBrowser());
  service = open.use(await startLocalService({ args: ['--configuration', configuration] }));
});

afterAll(() => open.disposeAsync());

/** `npm run screenshots` sets it: the folder for a picture of each view. */
const { SCREENSHOTS } = process.env;

test.each(views)('$name is accessible in light and dark, and fits a phone', async ({ name, open: openView }) => {
  await using opened = await browser.open(service.url, { viewport: { width: 1280, height: 800 } });
  const { page } = opened;

  await openView(page);
  if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  const violations = await findViolations(page);
  await page.setViewportSize({ width: 360, height: 640 });

  expect(violations).toEqual([]);
  expect(await horizontalOverflow(page)).toBe(0);
  expect(opened.errors).toEqual([]);
});

test('what is not understood among the secrets is shown above the instances', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const unreadable = { names: ['green-api/410012345678-old'], count: 2 };
  await page.route('**/instances', (route) => route.fulfill({ json: { instances: [], unreadable } }));

  await page.reload();
  const alert = page.getByRole('alert');
  await alert.waitFor();

  expect(await alert.textContent()).toContain('green-api/410012345678-old, 1 more');
  expect(await findViolations(page)).toEqual([]);
});

test('the page without its start token is accessible too', async () => {
  await using opened = await browser.open(`${service.url}/#token=wrong`);
  const { page } = opened;
  await page.route('**/local/console', (route) =>
    route.fulfill({ status: 401, json: { title: 'The start token is missing or wrong', detail: 'Open the address.' } }),
  );

  await page.reload();
  await page.getByRole('alert').waitFor();

  expect(await findViolations(page)).toEqual([]);
});
