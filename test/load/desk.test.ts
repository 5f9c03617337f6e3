import type { Page } from 'playwright-core';
import { findViolations, horizontalOverflow } from '../support/browser/accessibility.ts';
import { startBrowser } from '../support/browser/console.ts';
import { letTokensExpire, pressPerson, startDesk } from '../support/browser/desk.ts';
import { pressUntilFocused } from '../support/browser/keyboard.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let desk: Awaited<ReturnType<typeof startDesk>>;

const everyRole = ['whatsapp-read', 'whatsapp-logout', 'whatsapp-runs'];

beforeAll(async () => {
  browser = open.use(await startBrowser());
  desk = open.use(await startDesk());
});

afterEach(async () => {
  await desk.change('ann', { roles: everyRole });
  await desk.change('john', { roles: ['whatsapp-read'] });
  await desk.changeTokens({ audience: 'demo-desk', lifetimeSeconds: 3_600 });
});

afterAll(() => open.disposeAsync());

const openAs = async (name: string, address = desk.address) => {
  const opened = await browser.open(address);
  await pressPerson(opened.page, name);
  return opened;
};

const signedIn = (page: Page, name = 'Ann Lee'): Promise<void> => page.getByText(`${name} Sign out`).waitFor();

const pendingKey = 'green-api-logout-sign-in';

const readPending = (page: Page): Promise<string> => page.evaluate<string>(`sessionStorage.getItem('${pendingKey}')`);

/** Signs in at the provider, and keeps its answer from the page. A browser lets nobody intercept where a redirect leads. */
const catchAnswer = async (page: Page, person = 'ann') => {
  await page.getByRole('heading', { name: 'Demo sign-in' }).waitFor();
  const { request } = page.context();
  const pressed = await request.post(page.url(), { form: { person }, maxRedirects: 0 });
  const resumed = await request.get(`${pressed.headers().location}`, { maxRedirects: 0 });
  // Any address of the page's origin shows what this tab keeps for it.
  await page.goto(`${desk.url}/local/nothing`);
  return { answer: new URL(`${resumed.headers().location}`), pending: await readPending(page) };
};

const openExpiredForm = async (page: Page, id = '1101000004') => {
  await page.goto(`${desk.address}#/instance/${id}`);
  await page.getByRole('button', { name: /^Log out/ }).click();
  const form = page.getByRole('dialog', { name: `Log out ${id}` });
  await form.getByLabel('Reason').fill('phone lost');
  const time = await letTokensExpire(page);
  await form.getByRole('button', { name: `Log out ${id}` }).click();
  await page.getByRole('dialog', { name: 'Your sign-in has expired' }).waitFor();
  await time.back();
  return form;
};

const pressSignInAgain = async (page: Page): Promise<Page> => {
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Sign in again' }).click(),
  ]);
  return popup;
};

describe('an answer of the issuer', () => {
  test.each([
    ['another state', (answer: URL) => answer.searchParams.set('state', 'x'), 'belongs to no sign-in'],
    ['no state', (answer: URL) => answer.searchParams.delete('state'), 'belongs to no sign-in'],
    ['another issuer', (answer: URL) => answer.searchParams.set('iss', 'https://evil.example.com'), 'iss'],
    ['no issuer', (answer: URL) => answer.searchParams.delete('iss'), 'iss'],
    ['another code', (answer: URL) => answer.searchParams.set('code', 'x'), 'invalid_grant'],
  ])('with %s signs nobody in', async (_, tamper, problem) => {
    await using opened = await browser.open(desk.address);
    const { page } = opened;
    const { answer } = await catchAnswer(page);
    tamper(answer);

    await page.goto(answer.href);

    await page.getByRole('heading', { name: 'The sign-in did not work' }).waitFor();
    expect(await page.getByRole('alert').textContent()).toContain(problem);
    expect(page.url()).toBe(desk.address);
    expect(await readPending(page)).toBeNull();
  });

  test('signs in once: neither the answer nor its code works again', async () => {
    await using opened = await browser.open(desk.address);
    const { page } = opened;
    const { answer, pending } = await catchAnswer(page);
    await page.goto(answer.href);
    await signedIn(page);
    await page.goto(answer.href);
    await page.getByRole('heading', { name: 'The sign-in did not work' }).waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('belongs to no sign-in');

    await page.evaluate(([key, text]) => sessionStorage.setItem(`${key}`, `${text}`), [pendingKey, pending]);
    await page.goto(answer.href);

    await page.getByRole('heading', { name: 'The sign-in did not work' }).waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('invalid_grant');
  });

  test('signs nobody in if its ID token is for another sign-in', async () => {
    await using opened = await browser.open(desk.address);
    const { page } = opened;
    const { answer, pending } = await catchAnswer(page);
    const changed = JSON.stringify({ ...JSON.parse(pending), nonce: 'x' });
    await page.evaluate(([key, text]) => sessionStorage.setItem(`${key}`, `${text}`), [pendingKey, changed]);

    await page.goto(answer.href);

    await page.getByRole('heading', { name: 'The sign-in did not work' }).waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('"nonce"');
  });

  test("of a stranger's link signs nobody in and shows none of its text", async () => {
    await using opened = await browser.open(
      `${desk.address}?error=access_denied&error_description=Call%200900%20now&state=x`,
    );
    const { page } = opened;

    await page.getByRole('heading', { name: 'The sign-in did not work' }).waitFor();

    expect(await page.innerText('body')).not.toContain('0900');
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await pressPerson(page, 'Ann Lee');
    await signedIn(page);
  });

  test('of one person is not taken by the sign-in of another browser', async () => {
    await using attacker = await browser.open(desk.address);
    const { answer } = await catchAnswer(attacker.page, 'john');
    await using victim = await browser.open(answer.href);

    await victim.page.getByRole('heading', { name: 'The sign-in did not work' }).waitFor();
    expect(await victim.page.getByText('John Doe').count()).toBe(0);
  });
});

test.each(['//evil.example.com/', '/\\evil.example.com', 'javascript:alert(1)', '/runs'])(
  'the fragment %j leads to no other page',
  async (fragment) => {
    await using opened = await openAs('Ann Lee', `${desk.address}#${fragment}`);
    await signedIn(opened.page);

    expect(new URL(opened.page.url()).origin).toBe(desk.url);
    expect(new URL(opened.page.url()).pathname).toBe('/desk');
    expect(opened.errors).toEqual([]);
  },
);

test('a token for another audience opens nothing, and the page says whom to tell', async () => {
  await desk.changeTokens({ audience: 'elsewhere' });
  await using opened = await openAs('Ann Lee');

  const alert = await opened.page.getByRole('alert').textContent();

  expect(alert).toContain('does not accept your sign-in');
  expect(await opened.page.getByRole('navigation').count()).toBe(0);
});

test('somebody without any role is told what is missing', async () => {
  await desk.change('john', { roles: ['x whatsapp-logout y'] });
  await using opened = await openAs('John Doe');
  const { page } = opened;

  await page.getByText('Your sign-in allows nothing here').waitFor();

  expect(await page.getByText('Log one instance out: the value "whatsapp-logout" in the claim "roles".').count()).toBe(
    1,
  );
  expect(await findViolations(page)).toEqual([]);
});

test('somebody who may not read is not told that nobody is enrolled, and is offered no run', async () => {
  await desk.change('john', { roles: ['whatsapp-logout'] });
  await using opened = await openAs('John Doe', `${desk.address}#/instance/1101000003`);
  const { page } = opened;

  await page.getByText('Without the list of instances nothing is known here.').waitFor();
  await page.goto(`${desk.address}#/runs`);
  await page.getByText('the value "whatsapp-read" in the claim "roles"').last().waitFor();
  expect(await page.getByRole('button', { name: 'New run' }).count()).toBe(0);
});

test('a role that is taken away ends with the token: the page stops offering it, and the service refuses it', async () => {
  await using opened = await openAs('Ann Lee');
  const { page } = opened;
  await signedIn(page);
  const form = await openExpiredForm(page);
  await desk.change('ann', { roles: ['whatsapp-read'] });

  await pressSignInAgain(page);

  await page.getByText('Your sign-in does not allow logging out.').waitFor();
  expect(await page.innerText('body')).toContain('Your sign-in does not allow this');
  expect(desk.evidence().some(({ idInstance }) => idInstance === '1101000004')).toBe(false);
  expect(await form.count()).toBe(0);
});

test('somebody else cannot go on with what another has begun', async () => {
  await using opened = await openAs('Ann Lee');
  const { page } = opened;
  await signedIn(page);
  await openExpiredForm(page);
  await page.context().clearCookies();

  const popup = await pressSignInAgain(page);
  await pressPerson(popup, 'John Doe');

  await page.getByText('Somebody else signed in').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.context().clearCookies();
  await pressPerson(await pressSignInAgain(page), 'Ann Lee');
  await page
    .getByText(/logged out, confirmed/i)
    .first()
    .waitFor();
  expect(desk.evidence().find(({ idInstance }) => idInstance === '1101000004')).toMatchObject({ requestedBy: 'ann' });
});

/** Another window of the same browser, signed in as the first one is. */
const openOther = async (page: Page): Promise<Page> => {
  await signedIn(page);
  const other = await page.context().newPage();
  await other.goto(desk.address);
  await signedIn(other);
  return other;
};

test('a sign-out ends the sign-in of every window, and a reload does not bring it back', async () => {
  await using opened = await openAs('Ann Lee');
  const { page } = opened;
  const other = await openOther(page);

  await page.getByRole('button', { name: 'Sign out' }).click();

  await other.getByRole('heading', { name: 'You are signed out' }).waitFor();
  await other.reload();
  await other.getByRole('heading', { name: 'You are signed out' }).waitFor();
  expect(await findViolations(other)).toEqual([]);
  expect(page.url()).toContain(`${desk.issuer}/session/end`);
  expect(page.url()).not.toContain('id_token_hint');
});

test('a sign-out in another window counts, even if the next token comes after it', async () => {
  await using opened = await openAs('Ann Lee');
  const { page } = opened;
  const other = await openOther(page);
  await openExpiredForm(page, '1101000003');
  const asked = Promise.withResolvers<void>();
  const signedOut = Promise.withResolvers<void>();
  await page.route(`${desk.issuer}/token`, async (route) => {
    asked.resolve();
    await signedOut.promise;
    await route.continue();
  });

  await pressSignInAgain(page);
  await asked.promise;
  await other.getByRole('button', { name: 'Sign out' }).click();
  const heading = page.getByRole('heading', { name: 'You are signed out' });
  await heading.waitFor();
  const answered = page.waitForResponse(`${desk.issuer}/token`);
  signedOut.resolve();
  await (await answered).finished();

  // Nothing tells that an answer was thrown away.
  await page.waitForTimeout(500);
  expect(await heading.count()).toBe(1);
});

test('no token is in an address, a referrer, a storage, or what the service prints', async () => {
  await using opened = await browser.open('about:blank');
  const { page } = opened;
  const sent: string[] = [];
  const tokens = new Set<string>();
  page.context().on('request', (request) => {
    const { authorization = '', referer = '' } = request.headers();
    if (authorization !== '') tokens.add(authorization.replace('Bearer ', ''));
    sent.push(`${request.url()} ${referer}`);
  });
  await page.goto(`${desk.address}#/runs`);
  await pressPerson(page, 'Ann Lee');
  await signedIn(page);
  await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
  const stored = await page.evaluate<string>(
    'JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])',
  );

  expect(tokens.size).toBe(1);
  for (const token of tokens)
    for (const part of token.split('.').slice(1))
      expect([...sent, stored, page.url(), desk.output()].some((text) => text.includes(part))).toBe(false);
  expect(sent.filter((line) => line.includes(desk.url) && /code=/.test(line.split(' ')[1] ?? ''))).toEqual([]);
  expect(await page.evaluate('history.length')).toBeLessThanOrEqual(4);
});

test('no page shows the desk in a frame', async () => {
  await using opened = await browser.open(`${desk.issuer}/jwks`);
  const { page } = opened;

  await page.setContent(`<iframe src="${desk.address}"></iframe>`);

  // The local service refuses the request itself. A deployment has the header alone.
  const frame = page.frameLocator('iframe');
  expect(await frame.locator('body').textContent()).toContain('only programs on this machine may call');
  expect(await frame.locator('#root').count()).toBe(0);
  const { headers } = await fetch(desk.address);
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});

test('everything before the sign-in works with the keyboard, on a phone too', async () => {
  await using opened = await browser.open(`${desk.address}?error=x&state=x`, { viewport: { width: 360, height: 640 } });
  const { page } = opened;
  const button = page.getByRole('button', { name: 'Sign in' });
  await button.waitFor();

  await pressUntilFocused('Tab', button);
  await page.keyboard.press('Enter');
  await pressUntilFocused('Tab', page.getByRole('button', { name: 'Ann Lee' }));
  await page.keyboard.press('Enter');

  await signedIn(page);
  expect(await horizontalOverflow(page)).toBe(0);
  await pressUntilFocused('Tab', page.getByRole('button', { name: 'Sign out' }));
});
