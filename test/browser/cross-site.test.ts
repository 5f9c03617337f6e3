import { type LoopbackServer, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { startBrowser } from '../support/browser/console.ts';
import { startLocalService } from '../support/local-service.ts';

const open = new AsyncDisposableStack();
let browser: Awaited<ReturnType<typeof startBrowser>>;
let service: Awaited<ReturnType<typeof startLocalService>>;
let attacker: LoopbackServer;

const attackPage = (target: string) => `<!doctype html><title>attacker</title>
<form method="post" enctype="text/plain" action="${target}"><button name='{"reason":"x","x":"' value='"}'>send</button></form>
<iframe src="${new URL('/', target)}"></iframe>`;

beforeAll(async () => {
  browser = open.use(await startBrowser());
  service = open.use(await startLocalService());
  const page = attackPage(`${service.url}/instances/1101000004/logout`);
  attacker = open.use(
    await startLoopbackServer(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(page),
      {},
    ),
  );
});

afterAll(() => open.disposeAsync());

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
