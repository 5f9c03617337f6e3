import type { Page } from 'playwright-core';
import { startBrowser } from '../support/browser/console.ts';
import { isFocused, pressUntilFocused, untilFocused } from '../support/browser/keyboard.ts';
import { startLocalService } from '../support/local-service.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let service: Awaited<ReturnType<typeof startLocalService>>;

beforeAll(async () => {
  browser = open.use(await startBrowser());
  service = open.use(await startLocalService());
});

afterAll(() => open.disposeAsync());

const logOutButton = (page: Page, idInstance: string) =>
  page.getByRole('row', { name: idInstance }).getByRole('button', { name: 'Log out' });

test('an instance is logged out with the keyboard only, the confirmation arrives, and the focus returns', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const button = logOutButton(page, '1101000003');
  await button.waitFor();

  await pressUntilFocused('Tab', button);
  await page.keyboard.press('Enter');
  await untilFocused(page.getByRole('dialog').getByLabel('Reason'));
  await page.keyboard.type('phone lost');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Log out 1101000003' }).getByText('Logged out, confirmed').waitFor();
  await untilFocused(page.getByRole('dialog').getByRole('button', { name: 'Close' }));
  await page.keyboard.press('Enter');

  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await isFocused(button)).toBe(true);
  expect(await page.getByRole('status').textContent()).toBe('1101000003 is logged out: confirmed');
  expect(await page.getByRole('row', { name: '1101000003' }).textContent()).toContain('logged out (notAuthorized)');
  await service.printed(/"idInstance":"1101000003".*"reason":"phone lost".*"confirmed":true/);
  expect(opened.errors).toEqual([]);
});

test('the dialog keeps the focus inside, and Escape closes it without a logout', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const button = logOutButton(page, '1101000005');
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await untilFocused(dialog.getByLabel('Reason'));

  await pressUntilFocused('Tab', dialog.getByRole('button', { name: 'Log out' }));
  expect(await dialog.textContent()).toContain('The phone and its other linked devices stay linked');
  expect(await dialog.textContent()).toContain('Anybody who copied the token can link the instance again');
  expect(await dialog.textContent()).toContain('This instance is protected');
  await page.keyboard.press('Escape');

  await dialog.waitFor({ state: 'detached' });
  expect(await isFocused(button)).toBe(true);
  expect(service.output()).not.toContain('"idInstance":"1101000005"');
});

test('a fault is shown with title, detail and what to do, and the next attempt keeps the reason', async () => {
  await using opened = await browser.open(`${service.url}/#/faults`);
  const { page } = opened;
  await page.getByLabel('Instance', { exact: true }).selectOption('1101000004');
  await page.getByLabel('Fault', { exact: true }).selectOption('http-401-text');
  await page.getByRole('button', { name: 'Set fault' }).click();
  await page.getByRole('row', { name: '1101000004' }).getByText('http-401-text').waitFor();
  await page.getByRole('link', { name: 'Instances' }).click();

  await logOutButton(page, '1101000004').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('left the company');
  const answered = page.waitForResponse(/1101000004\/logout$/);
  await dialog.getByRole('button', { name: 'Log out' }).click();
  const problem = (await (await answered).json()) as Record<string, string>;

  const alert = await dialog.getByRole('alert').textContent();
  expect(problem).toMatchObject({ code: 'credential-rejected', title: expect.any(String), detail: expect.any(String) });
  for (const part of [problem.title, problem.detail, problem.code]) expect(alert).toContain(part);
  expect(await dialog.getByLabel('Reason').inputValue()).toBe('left the company');
  await fetch(`${service.url}/local/instances/1101000004/fault`, { method: 'DELETE' });
  await dialog.getByRole('button', { name: 'Log out again' }).click();
  await dialog.getByText('Logged out, confirmed').waitFor();
  expect(await dialog.getByRole('status').locator('time').getAttribute('datetime')).toMatch(/^\d{4}-.+Z$/);
  await page.keyboard.press('Escape');

  await logOutButton(page, '1101000004').click();
  await dialog.getByRole('button', { name: 'Log out' }).click();
  await dialog.getByText('It was already logged out when the state was read at').waitFor();
  await dialog.getByText('Confirmed by 2 readings in a row').waitFor();
  expect(opened.errors).toEqual([]);
});

test('nothing that the page receives or shows contains a token', async () => {
  await using opened = await browser.open('about:blank');
  const { page } = opened;
  const bodies: Promise<string>[] = [];
  page.on('response', (response) => void bodies.push(response.text()));

  await page.goto(`${service.url}/#/faults`);
  await page.getByRole('row', { name: '1101000001' }).waitFor();
  await page.getByRole('link', { name: 'Instances' }).click();
  await logOutButton(page, '1101000001').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('dialog').getByText('Logged out, confirmed').waitFor();

  const received = await Promise.all(bodies);
  expect(received.length).toBeGreaterThan(5);
  // The tokens of the demo instances are 50 hexadecimal digits.
  for (const text of [...received, await page.content()]) expect(text).not.toMatch(/[0-9a-f]{50}/);
});
