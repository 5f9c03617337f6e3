import { execFileSync } from 'node:child_process';
import { runCli } from '../support/cli.ts';
import { startLocalService } from '../support/local-service.ts';
import { fencesOf, readPage } from '../support/markdown.ts';

const localUrl = 'http://127.0.0.1:3000';

/** The commands of a page that call the local service, each in one line. */
const commandsOf = (page: string): readonly string[] =>
  fencesOf(readPage(page))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replace(/\\\n\s*/g, '').split('\n'))
    .filter((command) => command.includes(localUrl));

/** The arguments as a shell passes them: one that quotes wrongly is found here, and no `curl` is needed. */
const argumentsOf = (command: string): readonly string[] =>
  execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; npm() { curl "$@"; }; ${command}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

/** Sends what `curl` would send with these arguments. */
const sendLikeCurl = (args: readonly string[], url: string): Promise<Response> => {
  let [method, body]: (string | undefined)[] = [];
  let address = '';
  const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded' });
  const rest = [...args];
  for (let option = rest.shift(); option !== undefined; option = rest.shift()) {
    if (option === '-X') method = rest.shift();
    else if (option === '-d') body = rest.shift();
    else if (option === '-H') {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(rest.shift() ?? '') ?? [];
      headers.set(name, value);
    } else if (option.startsWith(localUrl) && address === '') address = option.replace(localUrl, url);
    else throw new Error(`this test does not know the argument ${option} of curl`);
  }
  return fetch(address, { method: method ?? 'GET', headers, ...(body !== undefined && { body }) });
};

let service: Awaited<ReturnType<typeof startLocalService>>;

beforeAll(async () => {
  service = await startLocalService();
});

afterAll(() => service[Symbol.asyncDispose]());

const calls = ['README.md', 'docs/api.md'].flatMap((page) =>
  commandsOf(page).flatMap((command) => (command.startsWith('curl ') ? [{ page, command }] : [])),
);

test('both pages contain calls', () => {
  expect(new Set(calls.map(({ page }) => page)).size).toBe(2);
});

test.each(calls)('the local service accepts a call of $page: $command', async ({ command }) => {
  const response = await sendLikeCurl(argumentsOf(command), service.url);

  expect({ status: response.status, body: await response.json() }).toEqual(
    command.includes('/logout ')
      ? { status: 200, body: expect.objectContaining({ confirmed: true }) }
      : { status: 202, body: expect.objectContaining({ status: expect.any(String) }) },
  );
});

test('the command line executes the first logout of the README', async () => {
  const [command = ''] = commandsOf('README.md').filter((line) => line.startsWith('npm '));
  const args = argumentsOf(command);

  const result = await runCli(args.slice(args.indexOf('--') + 1).map((arg) => arg.replace(localUrl, service.url)));

  expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('1101000002') });
});
