import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import { type LoopbackServer, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { awsVariables } from '../support/aws-environment.ts';
import { findViolations } from '../support/browser/accessibility.ts';
import { startBrowser } from '../support/browser/console.ts';
import { letTokensExpire, pressPerson, startDesk } from '../support/browser/desk.ts';
import { untilFocused } from '../support/browser/keyboard.ts';
import { startConsoleServer } from '../support/console-server.ts';
import { startLocalService } from '../support/local-service.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let server: Awaited<ReturnType<typeof startConsoleServer>>;
let service: Awaited<ReturnType<typeof startLocalService>>;

const thousand = Array.from({ length: 1000 }, (_, at) => ({
  idInstance: String(1101000000 + at),
  owner: `person${at}@example.com`,
  group: at % 2 === 0 ? 'sales' : 'support',
  protected: false,
}));

beforeAll(async () => {
  browser = open.use(await startBrowser());
  service = open.use(await startLocalService());
  server = open.use(
    await startConsoleServer((request, response) => {
      const first = Number(new URL(request.url ?? '', 'http://localhost').searchParams.get('next') ?? 0);
      const instances = thousand.slice(first, first + 100);
      const next = first + 100 < thousand.length ? String(first + 100) : undefined;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ instances, next }));
    }),
  );
});

afterAll(() => open.disposeAsync());

test('the printed address opens the console, then the token is no longer in the address bar and survives a reload', async () => {
  await using opened = await browser.open(server.address);
  const { page } = opened;
  await page.getByRole('checkbox', { name: '1101000000' }).waitFor();

  expect(page.url()).toBe(`${server.url}/#/find`);
  await page.reload();

  await page.getByRole('checkbox', { name: '1101000000' }).waitFor();
  expect(await page.getByRole('banner').textContent()).toContain('Deployment 127.0.0.1');
  expect(await page.getByRole('link', { name: 'Schedules' }).count()).toBe(0);
  expect(opened.errors).toEqual([]);
});

test.each([
  ['without the start token', '/'],
  ['with a wrong start token', '/#token=wrong'],
])('%s the page says what to do, and shows nothing', async (_, path) => {
  // Requests of other pages may still be on their way to a server that they share.
  await using unused = await startConsoleServer(() => {});
  await using opened = await browser.open(`${unused.url}${path}`);

  const alert = await opened.page.getByRole('alert').textContent();

  expect(alert).toContain('The start token is missing or wrong');
  expect(alert).toContain('Open the address that the command printed');
  expect(await opened.page.getByRole('searchbox').count()).toBe(0);
  expect(unused.received).toEqual([]);
});

test('the printed address also helps in a tab that shows the page without its token', async () => {
  await using opened = await browser.open(`${server.url}/#token=wrong`);
  const { page } = opened;
  await page.getByRole('alert').waitFor();

  await page.goto(server.address);

  await page.getByRole('checkbox', { name: '1101000000' }).waitFor();
  expect(page.url()).toBe(`${server.url}/#/find`);
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(opened.errors).toEqual([]);
});

test('of a thousand instances thirty are shown, few are read, and a search finds one of them', async () => {
  server.received.splice(0);
  await using opened = await browser.open(server.address);
  const { page } = opened;
  await page.getByText('1,000 instances').waitFor();
  const boxes = page.getByRole('checkbox');

  expect(await boxes.count()).toBe(30);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('checkbox', { name: '1101000059' }).waitFor();
  expect(await boxes.count()).toBe(60);
  await page.getByLabel('Group').selectOption('support');
  await page.getByRole('checkbox', { name: '1101000000' }).waitFor({ state: 'detached' });
  await page.getByRole('searchbox').fill('person777@');

  await page.getByText('1 person found.').waitFor();
  expect(await boxes.count()).toBe(1);
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByRole('link', { name: 'Find', exact: true }).click();
  expect(await page.getByRole('searchbox').inputValue()).toBe('person777@');
  expect(await page.getByLabel('Group').inputValue()).toBe('support');
  const states = server.received.filter(({ url }) => url?.endsWith('/state'));
  expect(states.length).toBeLessThan(100);
});

test('the first people can be found before the last page has come', async () => {
  const held = Promise.withResolvers<void>();
  await using slow = await startConsoleServer(async (request, response) => {
    const isLast = request.url?.includes('next=') ?? false;
    if (isLast) await held.promise;
    const body = { instances: thousand.slice(isLast ? 100 : 0, isLast ? 200 : 100), ...(!isLast && { next: 'last' }) };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await using opened = await browser.open(slow.address);
  const { page } = opened;

  await page.getByText('100 read, more to come').waitFor();
  await page.getByRole('searchbox').fill('person7@');
  await page.getByText('1 person found.').waitFor();
  await page.getByRole('searchbox').fill('person177@');
  await page.getByText('Nobody among the instances read so far matches').waitFor();
  held.resolve();

  await page.getByText('1 person found.').waitFor();
  expect(await page.getByRole('checkbox', { name: '1101000177' }).count()).toBe(1);
  await page.reload();
  await page.getByText('200 instances').waitFor();
});

test('the console of a local service with emulators says that no real session is touched', async () => {
  await using forwarding = await startConsoleServer(() => {}, { url: new URL(service.url) });

  await using opened = await browser.open(forwarding.address);
  const { page } = opened;
  const readBanner = async (): Promise<string | null> => {
    await page.getByRole('checkbox', { name: '1101000001' }).waitFor();
    return page.getByRole('banner').textContent();
  };
  let banner = await readBanner();
  // The console waits 2 s for what the local service says of itself. It asks again when the page is loaded again.
  for (let tries = 1; tries < 5 && banner?.includes('Deployment'); tries += 1) {
    await page.reload();
    banner = await readBanner();
  }

  expect(banner).toContain('Local service with emulators. No real session is touched.');
});

test('with real secrets the local service wants the start token too', async () => {
  const secret = { name: 'green-api/1101000001', secretString: '{}', tags: { owner: 'john.doe@example.com' } };
  await using secrets = await startSecretsManager({ secrets: [secret] });
  await using real = await startLocalService({
    args: ['--secrets', 'aws'],
    variables: awsVariables({ secretsManager: secrets.url }),
  });
  const [, address = ''] = await real.printed(/Open (\S+) /);

  await using opened = await browser.open(address);
  await opened.page.getByRole('checkbox', { name: '1101000001' }).waitFor();

  expect(await opened.page.getByRole('banner').textContent()).toContain('Logouts end real sessions.');
  expect((await fetch(`${real.url}/instances`)).status).toBe(401);
  const authorization = `Bearer ${address.split('#token=')[1]}`;
  expect((await fetch(`${real.url}/instances`, { headers: { authorization } })).status).toBe(200);
});

describe('a page of somebody else', () => {
  let attacker: LoopbackServer;

  const attackPage = (target: string) => `<!doctype html><title>attacker</title>
<form method="post" enctype="text/plain" action="${target}"><button name='{"reason":"x","x":"' value='"}'>send</button></form>
<iframe src="${new URL('/', target)}"></iframe>`;

  beforeAll(async () => {
    const page = attackPage(`${service.url}/instances/1101000004/logout`);
    attacker = open.use(
      await startLoopbackServer(
        (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(page),
        {},
      ),
    );
  });

  const stateOf = async (idInstance: string) => {
    const response = await fetch(`${service.url}/local/instances`);
    const { instances } = (await response.json()) as { readonly instances: readonly Record<string, unknown>[] };
    return instances.find((one) => one.idInstance === idInstance)?.stateInstance;
  };

  /** Another host is another site; another port of the same host is another origin of the same site. */
  const hosts = [
    ['another site', 'localhost'],
    ['another port of this machine', '127.0.0.1'],
  ] as const;

  test.each(hosts)('a form of a page on %s is refused', async (_, host) => {
    await using opened = await browser.open(attacker.url.replace('127.0.0.1', host));
    const { page } = opened;

    const [response] = await Promise.all([
      page.waitForResponse(/\/logout$/),
      page.getByRole('button', { name: 'send' }).click(),
    ]);

    expect(response.request().method()).toBe('POST');
    expect(response.status()).toBe(403);
    expect(await stateOf('1101000004')).toBe('authorized');
  });

  test.each(
    hosts.flatMap(([name, host]) =>
      (['cors', 'no-cors'] as const).flatMap((mode) =>
        ['POST', 'PUT', 'DELETE']
          .filter((method) => mode === 'cors' || method === 'POST')
          .map((method) => [method, mode, name, host] as const),
      ),
    ),
  )('a %s fetch with mode %s of a page on %s is refused', async (method, mode, _, host) => {
    await using opened = await browser.open(attacker.url.replace('127.0.0.1', host));
    const { page } = opened;
    const path = method === 'PUT' ? '/local/instances/1101000004/state' : '/instances/1101000004/logout';

    const outcome = await page.evaluate(
      `fetch('${service.url}${path}', { method: '${method}', mode: '${mode}', body: '{"stateInstance":"notAuthorized"}' })
      .then((response) => response.type, (error) => error.name)`,
    );

    // A page without CORS sees nothing of the answer, not even that it was a refusal.
    expect(outcome).toBe(mode === 'cors' ? 'TypeError' : 'opaque');
    expect(await stateOf('1101000004')).toBe('authorized');
  });

  test('another page cannot show the console in a frame', async () => {
    await using opened = await browser.open(attacker.url);

    const frame = opened.page.frameLocator('iframe');
    expect(await frame.locator('body').textContent()).toContain('only programs on this machine may call');
    expect(await frame.locator('#root').count()).toBe(0);
  });
});

test('people sign in, are offered what their role allows, and lose nothing when the sign-in expires in the middle of a form', async () => {
  await using desk = await startDesk();
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
  // It may close before the key press is acknowledged.
  const closed = page.waitForEvent('popup').then((popup) => popup.waitForEvent('close'));
  await Promise.all([closed, page.keyboard.press('Enter')]);

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
