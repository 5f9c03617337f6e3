import { findViolations } from '../support/browser/accessibility.ts';
import { startBrowser } from '../support/browser/console.ts';
import { letTokensExpire, pressPerson, startDesk } from '../support/browser/desk.ts';
import { untilFocused } from '../support/browser/keyboard.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let desk: Awaited<ReturnType<typeof startDesk>>;

beforeAll(async () => {
  browser = open.use(await startBrowser());
  desk = open.use(await startDesk());
});

afterAll(() => open.disposeAsync());

test('people sign in, are offered what their role allows, and lose nothing when the sign-in expires in the middle of a form', async () => {
  const person = `${desk.address}#/instance/1101000003`;
  await using opened = await browser.open(person);
  const { page } = opened;

  await pressPerson(page, 'John Doe');
  await page.getByText('Your sign-in does not allow logging out.').waitFor();
  expect(page.url()).toBe(person);
  expect(await page.getByRole('button', { name: /^Log out/ }).count()).toBe(0);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  expect(page.url()).toBe(desk.address);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await pressPerson(page, 'Ann Lee');
  await page.getByText('Ann Lee Sign out').waitFor();

  await page.goto(person);
  await page.getByRole('button', { name: /^Log out/ }).click();
  const form = page.getByRole('dialog', { name: 'Log out 1101000003' });
  await form.getByLabel('Reason').fill('phone lost');
  const time = await letTokensExpire(page);
  await form.getByRole('button', { name: 'Log out 1101000003' }).click();
  await page.getByRole('dialog', { name: 'Your sign-in has expired' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  const again = page.getByRole('button', { name: 'Sign in again' });
  await page.keyboard.press('Tab');
  await untilFocused(again);
  await time.back();
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
  await popup.waitForEvent('close');

  await page
    .getByText(/logged out, confirmed/i)
    .first()
    .waitFor();
  const [record] = desk.evidence().filter(({ idInstance }) => idInstance === '1101000003');
  expect(record).toMatchObject({
    requestedBy: 'ann',
    email: 'ann@example.com',
    session: { name: 'desk', setBy: 'desk' },
    person: { issuer: desk.issuer, name: 'Ann Lee' },
    reason: 'phone lost',
  });
  expect(await page.evaluate<string>('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])')).not.toMatch(
    /ey[\w-]{20}/,
  );
  expect(opened.errors).toEqual([]);
});
