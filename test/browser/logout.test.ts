import type { Page, Response } from 'playwright-core';
import { startBrowser } from '../support/browser/console.ts';
import { isFocused, pressUntilFocused, untilFocused } from '../support/browser/keyboard.ts';
import { find, instanceRow, openPerson, setFault } from '../support/browser/views.ts';
import { startLocalService } from '../support/local-service.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let service: Awaited<ReturnType<typeof startLocalService>>;

beforeAll(async () => {
  browser = open.use(await startBrowser());
  service = open.use(await startLocalService());
});

afterAll(() => open.disposeAsync());

/** Links an instance again, and takes away its fault. */
const restore = async (idInstance: string): Promise<void> => {
  const emulated = `${service.url}/local/instances/${idInstance}`;
  await fetch(`${emulated}/fault`, { method: 'DELETE' });
  await fetch(`${emulated}/state`, { method: 'PUT', body: '{"stateInstance":"authorized"}' });
};

const confirm = async (page: Page, reason: string): Promise<void> => {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: /^Log out/ }).click();
};

test('a person is found by the last digits and logged out with the keyboard only, and the confirmation arrives', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const field = page.getByLabel('Name, number, address or instance');
  const button = page.getByRole('button', { name: 'Log out everything (2 linked)' });

  await untilFocused(field);
  await page.keyboard.type('4567');
  await page.getByText('1 person found.').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('2 of 2 instances are still linked.').waitFor();
  await pressUntilFocused('Tab', button);
  await page.keyboard.press('Enter');
  await untilFocused(page.getByRole('dialog').getByLabel('Reason'));
  await page.keyboard.type('phone lost');
  await page.keyboard.press('Enter');

  await page.getByText('Everything of John Doe is logged out.').waitFor();
  const row = await instanceRow(page, '1101000003').textContent();
  expect(row).toMatch(/logged out, confirmed \d\d:\d\d:\d\d by 2 readings in a row/);
  expect(await page.getByRole('status').textContent()).toBe('All 2 logged out, confirmed.');
  expect(await page.getByRole('region', { name: 'Afterwards' }).textContent()).toContain('All 2 links');
  await service.printed(/"idInstance":"1101000003".*"reason":"phone lost".*"confirmed":true/);
  await page.keyboard.press('/');
  await untilFocused(field);
  expect(await field.inputValue()).toBe('4567');
  expect(await instanceRow(page, '1101000004').textContent()).toContain('logged out, confirmed');
  expect(opened.errors).toEqual([]);
});

test('four clicks log out whoever was found, because the last reasons can be picked', async () => {
  await restore('1101000003');
  await restore('1101000004');
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await page.evaluate('localStorage.setItem("green-api-logout-reasons", JSON.stringify(["phone stolen"]))');

  await find(page, '…4567');
  await page.getByRole('link', { name: /John Doe/ }).click();
  await page.getByRole('button', { name: 'Log out everything (2 linked)' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'phone stolen' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Log out 2 instances' }).click();

  await page.getByText('Everything of John Doe is logged out.').waitFor();
  expect(opened.errors).toEqual([]);
});

test('the dialog keeps the focus inside, and Escape closes it without a logout', async () => {
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await openPerson(page, 'Support desk');
  const button = page.getByRole('button', { name: 'Log out everything (1 linked)' });
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await untilFocused(dialog.getByLabel('Reason'));

  await pressUntilFocused('Tab', dialog.getByRole('button', { name: 'Log out 1101000005' }));
  expect(await dialog.textContent()).toContain('The phone and its other linked devices stay linked');
  expect(await dialog.textContent()).toContain('Anybody who copied the token can link the instance again');
  expect(await dialog.textContent()).toContain('runs leave the instance alone. This logout logs it out');
  await page.keyboard.press('Escape');

  await dialog.waitFor({ state: 'detached' });
  expect(await isFocused(button)).toBe(true);
  expect(service.output()).not.toContain('"idInstance":"1101000005"');
});

test('a failure stays on its row with what to do, and the next attempt keeps the reason', async () => {
  await restore('1101000004');
  await using opened = await browser.open(`${service.url}/#/faults`);
  const { page } = opened;
  await setFault(page, '1101000004', 'http-401-text');
  await openPerson(page, 'John Doe');
  const row = instanceRow(page, '1101000004');
  await row.getByText('could not be read').waitFor();

  await page.getByRole('button', { name: /^Log out everything/ }).click();
  const answered = page.waitForResponse(/1101000004\/logout$/);
  await confirm(page, 'left the company');
  const problem = (await (await answered).json()) as Record<string, string>;

  await row.getByRole('button', { name: 'Try again' }).waitFor();
  expect(problem).toMatchObject({ code: 'credential-rejected', title: expect.any(String), detail: expect.any(String) });
  for (const part of [problem.title, problem.detail]) expect(await row.textContent()).toContain(part);
  await page.getByRole('link', { name: 'Find', exact: true }).click();
  await row.getByText(problem.title ?? '').waitFor();
  await openPerson(page, 'John Doe');
  await restore('1101000004');
  await row.getByRole('button', { name: 'Try again' }).click();
  await row.getByText('logged out, confirmed').waitFor();
  await untilFocused(page.getByRole('heading', { level: 1 }));
  await service.printed(/"idInstance":"1101000004".*"reason":"left the company".*"confirmed":true/);
  expect(opened.errors).toEqual([]);
});

test('a logout that is not confirmed in time leads to a run, and no text names a header', async () => {
  await restore('1101000004');
  await using opened = await browser.open(service.url);
  const { page } = opened;
  const detail = 'No reading (of 5) reported notAuthorized within 20 s. The session may still be open.';
  const json = { title: 'The logout is not confirmed', detail, code: 'unconfirmed', retryable: true, confirmed: false };
  await page.route('**/1101000004/logout', (route) => route.fulfill({ status: 502, json }));
  await openPerson(page, 'John Doe');
  await page.getByRole('button', { name: 'Log out everything (1 linked)' }).click();
  await confirm(page, 'phone lost');

  await page.getByRole('button', { name: 'Start a run, which retries until the logout is confirmed' }).click();

  await page.getByRole('region', { name: 'Progress' }).waitFor();
  await page.getByRole('row', { name: '1101000004' }).getByText('logged out', { exact: true }).waitFor();
  expect(opened.errors).toEqual([]);
});

test('an instance that others share is marked, not ticked, and logged out only if somebody ticks it', async () => {
  await restore('1101000001');
  await restore('1101000002');
  await using opened = await browser.open('about:blank');
  const { page } = opened;
  const owners = ['ann@example.com kim@example.com', 'ann@example.com'];
  const instances = owners.map((owner, at) => ({ idInstance: `110100000${at + 1}`, owner, protected: false }));
  await page.route('**/instances', (route) => route.fulfill({ json: { instances } }));

  await page.goto(`${service.url}/#/person/ann@example.com`);
  const shared = instanceRow(page, '1101000001');
  await page.getByRole('button', { name: 'Log out everything (1 linked)' }).waitFor();
  const isTicked = await shared.getByRole('checkbox').isChecked();
  await shared.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Log 2 instances out' }).click();

  expect(isTicked).toBe(false);
  expect(await shared.textContent()).toContain('shared with kim@example.com');
  expect(await page.getByRole('dialog').textContent()).toContain('Also logs out kim@example.com.');
});

test('rows of several people are selected and logged out together', async () => {
  await restore('1101000003');
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await instanceRow(page, '1101000002').getByRole('checkbox').check();
  await find(page, 'john');
  await instanceRow(page, '1101000003').getByRole('checkbox').check();

  await page.getByRole('button', { name: 'Log 2 instances out' }).click();
  await confirm(page, 'team closed');

  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByText('All 2 logged out, confirmed.').waitFor();
  await bar.getByRole('button', { name: 'Close' }).click();
  await untilFocused(page.getByRole('searchbox'));
  expect(await bar.count()).toBe(0);
  expect(opened.errors).toEqual([]);
});

test('a watch is started over what was confirmed', async () => {
  await restore('1101000003');
  await using opened = await browser.open(service.url);
  const { page } = opened;
  await openPerson(page, 'John Doe');
  await page.getByRole('button', { name: /^Log out everything/ }).click();
  await page.getByRole('dialog').getByLabel('Watch for 7 days').check();
  const started = page.waitForRequest(
    (request) => request.url().endsWith('/forced-logouts') && request.method() === 'POST',
  );
  await confirm(page, 'phone lost');

  expect((await started).postDataJSON()).toMatchObject({ reason: 'phone lost', watchDays: 7 });
  await page.getByRole('link', { name: 'watched for 7 days' }).first().waitFor();
});

test('nothing that the page receives or shows contains a token', async () => {
  await restore('1101000001');
  await using opened = await browser.open('about:blank');
  const { page } = opened;
  const bodies: Promise<string>[] = [];
  const keepBody = (response: Response) => void bodies.push(response.text());
  page.on('response', keepBody);

  await page.goto(`${service.url}/#/faults`);
  await page.getByRole('row', { name: '1101000001' }).waitFor();
  await openPerson(page, 'Ann Lee');
  await page.getByRole('button', { name: /^Log out everything/ }).click();
  await confirm(page, 'phone lost');
  await page.getByText('Everything of Ann Lee is logged out.').waitFor();

  // A response that comes from now on would be read while the page closes.
  page.off('response', keepBody);
  const received = await Promise.all(bodies);
  expect(received.length).toBeGreaterThan(5);
  // The tokens of the demo instances are 50 hexadecimal digits.
  for (const text of [...received, await page.content()]) expect(text).not.toMatch(/[0-9a-f]{50}/);
});
