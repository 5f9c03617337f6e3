import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';
import { startLocalService } from '../support/local-service.ts';
import { fencesOf, pages, readPage } from '../support/markdown.ts';

type Service = Awaited<ReturnType<typeof startLocalService>>;

/** The commands of a page, each in one line: those in code blocks, and those in the text. */
const commandsOf = (page: string): readonly string[] => {
  const inBlocks = fencesOf(readPage(page))
    .filter(({ language }) => ['sh', 'console'].includes(language))
    .flatMap(({ text }) => text.replace(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.replace(/^\$ /, ''));
  const inText = [...readPage(page).matchAll(/`(curl [^`\n]+)`/g)].map(([, command = '']) => command);
  return [...inBlocks, ...inText];
};

const calls = pages
  .map((page) => ({ page, commands: commandsOf(page).filter((command) => command.startsWith('curl ')) }))
  .filter(({ commands }) => commands.length > 0);

/** Calls of a deployment, signed for AWS. The local service runs without IAM. */
const isForAws = (command: string): boolean => command.includes('--aws-sigv4');

const callsByPage = calls.map(({ page, commands }) => ({
  page,
  commands: commands.filter((command) => !isForAws(command)),
}));

/** The arguments as a shell passes them: one that quotes wrongly is found here, and no `curl` is needed. */
const argumentsOf = (command: string, variables: Readonly<Record<string, string>> = {}): readonly string[] =>
  execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; npm() { curl "$@"; }; ${command}`], {
    encoding: 'utf8',
    env: variables,
  })
    .split('\0')
    .slice(0, -1);

/** The port that the examples name; the test's service has another. */
const localUrl = 'http://127.0.0.1:3000';

/** What `curl` would send with these arguments. */
const requestOf = (args: readonly string[]): Request => {
  let [method, body]: (string | undefined)[] = [];
  let address = '';
  const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded' });
  // `-i` only prints more of the answer.
  const rest = args.filter((arg) => arg !== '-i');
  for (let option = rest.shift(); option !== undefined; option = rest.shift()) {
    if (option === '-X') method = rest.shift();
    else if (option === '-d') body = rest.shift();
    else if (option === '-H') {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(rest.shift() ?? '') ?? [];
      headers.set(name, value);
    } else if (option.startsWith('http://') && address === '') address = option;
    else throw new Error(`this test does not know the argument ${option} of curl`);
  }
  return new Request(address, { method: method ?? 'GET', headers, ...(body !== undefined && { body }) });
};

/** Carries out an example: `$URL` and `$G` are addresses of the service, and `api-…` is a run that was started before. */
const carryOut = async (command: string, { url, greenApiUrl }: Service, run: string) => {
  const args = argumentsOf(command.replace('api-…', run), { URL: url, G: greenApiUrl });
  const request = requestOf(args.map((arg) => arg.replace(localUrl, url)));
  const response = await fetch(request);
  const { pathname } = new URL(request.url);
  return {
    call: `${request.method} ${pathname}`,
    status: response.status,
    body: (await response.json()) as Readonly<Record<string, unknown>>,
  };
};

/** What each call answers. */
const answers: readonly (readonly [RegExp, { readonly status: number; readonly body: object }])[] = [
  [/^POST \/instances\/\d+\/logout$/, { status: 200, body: { confirmed: true } }],
  [/^POST \/forced-logouts$/, { status: 202, body: { status: expect.any(String) } }],
  [/^GET \/forced-logouts\/api-/, { status: 200, body: { status: expect.any(String) } }],
  [/^GET \/forced-logouts$/, { status: 200, body: { runs: expect.anything() } }],
  [/^DELETE \/forced-logouts\/api-/, { status: 202, body: { status: expect.any(String) } }],
  [/^POST \/schedules\/nightly$/, { status: 202, body: { run: expect.any(String) } }],
  [/^PUT \/emulator\/instances\/\d+\/fault$/, { status: 200, body: { faults: [expect.anything()] } }],
];

test('the pages with calls to try are known', () => {
  expect(calls.map(({ page }) => page)).toEqual([
    'README.md',
    'docs/api.md',
    'docs/configuration.md',
    'docs/local-development.md',
    'docs/runs.md',
  ]);
});

test('only a call that is signed for AWS is left out', () => {
  expect(calls.flatMap(({ page, commands }) => commands.filter(isForAws).map(() => page))).toEqual(['docs/api.md']);
});

describe.each(callsByPage)('the local service carries out the calls of $page', ({ page, commands }) => {
  const folder = mkdtempSync(join(tmpdir(), 'docs-examples-'));
  const answered: Awaited<ReturnType<typeof carryOut>>[] = [];
  let service: Service;

  beforeAll(async () => {
    // The schedule that a call of this page fires is in its first example.
    const [configuration] = fencesOf(readPage(page)).filter(({ language }) => language === 'json');
    const file = join(folder, 'configuration.json');
    const args = page === 'docs/configuration.md' ? ['--configuration', file] : [];
    writeFileSync(file, configuration?.text ?? '');
    service = await startLocalService({ args });
    // In the order of the page: some calls are about the run that another one has started.
    let run = '';
    for (const command of commands) {
      const answer = await carryOut(command, service, run);
      if (typeof answer.body.id === 'string') run = answer.body.id;
      answered.push(answer);
    }
  });

  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  test.each(commands.map((command, at) => [command, at] as const))('%s', (_command, at) => {
    const { call = '', ...answer } = answered[at] ?? {};

    const [, expected] = answers.find(([pattern]) => pattern.test(call)) ?? [];
    expect(answer).toMatchObject({ ...expected });
    expect(expected).toBeDefined();
  });
});

test('the command line carries out the logout that the README begins with', async () => {
  await using service = await startLocalService();
  const [command = ''] = commandsOf('README.md').filter((line) => line.startsWith('npm ') && line.includes(localUrl));
  const args = argumentsOf(command);

  const result = await runCli(args.slice(args.indexOf('--') + 1).map((arg) => arg.replace(localUrl, service.url)));

  expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('1101000002') });
});
