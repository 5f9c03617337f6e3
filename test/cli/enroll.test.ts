import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type GreenApiEmulator, startGreenApi } from '../../emulators/green-api/emulator.ts';
import { type SecretsManagerEmulator, startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import { awsVariables } from '../support/aws-environment.ts';
import { runCli } from '../support/cli.ts';
import { createClient } from '../support/secrets-manager-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'enroll-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tokenOf = (idInstance: string): string => idInstance.padEnd(50, 'abcdef');
const wrongToken = 'f'.repeat(50);
const ids = ['1101000001', '1101000002', '1101000003'] as const;

let greenApi: GreenApiEmulator;
let secrets: SecretsManagerEmulator;
beforeAll(async () => {
  const instances = ids.map((idInstance) => ({ idInstance, apiTokenInstance: tokenOf(idInstance), logoutDelayMs: 0 }));
  greenApi = await startGreenApi({ instances, enforceLimit: false });
});
beforeEach(async () => {
  secrets = await startSecretsManager();
});
afterEach(() => secrets.close());
afterAll(() => greenApi.close());

const enroll = (args: readonly string[], input = '') =>
  runCli(['enroll', '--allow-host', greenApi.host, ...args], {
    input,
    env: { ...awsVariables({ secretsManager: secrets.url }), AWS_MAX_ATTEMPTS: '1' },
  });

const csv = (...lines: readonly string[]): string => {
  const file = join(folder, 'fleet.csv');
  writeFileSync(file, `${lines.join('\r\n')}\r\n`);
  return file;
};

const head = 'idInstance,apiUrl,apiTokenInstance,owner,group,protected';
const row = (idInstance: string, more = ',,') => `${idInstance},${greenApi.apiUrl},${tokenOf(idInstance)},${more}`;

const read = async (idInstance: string) => {
  using client = createClient(secrets.url);
  const SecretId = `green-api/${idInstance}`;
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  const { Tags = [] } = await client.send(new DescribeSecretCommand({ SecretId }));
  return { value: JSON.parse(SecretString), tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
};

const writes = () => secrets.calls.filter(({ operation }) => /^(?:Create|Put|Update|Tag|Untag)/.test(operation));

test('one instance: the token comes from the input, is verified, stored with its tags, and never shown', async () => {
  const [id] = ids;
  const args = [
    id,
    '--api-url',
    greenApi.apiUrl,
    '--owner',
    'john.doe@example.com 00u1',
    '--group',
    'sales',
    '--protected',
  ];
  const { code, stdout, stderr } = await enroll(args, `${tokenOf(id)}\n`);

  expect({ code, stderr: stderr.trim() }).toEqual({ code: 0, stderr: `${id} created` });
  expect(stdout).toMatch(/^INSTANCE +RESULT +STATE\n1101000001 +created +linked \(authorized\)\n$/);
  expect(stdout + stderr).not.toContain(tokenOf(id));
  expect(await read(id)).toEqual({
    value: { apiUrl: greenApi.apiUrl, apiTokenInstance: tokenOf(id) },
    tags: { owner: 'john.doe@example.com 00u1', group: 'sales', protected: 'true' },
  });
});

test('a file: each is enrolled, and one that GREEN-API rejects keeps no other from being stored', async () => {
  const file = csv(
    head,
    row(ids[0], '"Doe, John",sales,'),
    `${ids[1]},${greenApi.apiUrl},${wrongToken},,,`,
    row(ids[2], ',,true'),
  );
  // A list of names with commas would make other people's identities of its parts.
  const refused = await enroll(['--csv', file, '--yes']);
  const { code, stdout, stderr } = await enroll([
    '--csv',
    csv(
      head,
      row(ids[0], 'john.doe@example.com,sales,'),
      `${ids[1]},${greenApi.apiUrl},${wrongToken},,,`,
      row(ids[2], ',,true'),
    ),
    '--yes',
  ]);

  expect({ code: refused.code, stderr: refused.stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(
      /fleet\.csv, line 2: owner must separate identities by spaces, not by commas.*\nNothing was written\.\n$/,
    ),
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^1101000001 +created +linked \(authorized\)$/m);
  expect(stdout).toMatch(/^1101000002 +failed +GREEN-API rejects the token: .+ Nothing was written\.$/m);
  expect(stdout).toMatch(/^1101000003 +created +linked \(authorized\)$/m);
  expect(stdout + stderr).not.toMatch(/abcdef|ffff/);
  expect((await read(ids[2])).tags).toEqual({ protected: 'true' });
  await expect(read(ids[1])).rejects.toThrow("can't find the specified secret");
});

test('the same file again: what is stored already is left alone, and what was corrected is stored', async () => {
  await enroll(['--csv', csv(head, row(ids[0]), `${ids[1]},${greenApi.apiUrl},${wrongToken},,,`), '--yes']);
  secrets.clearCalls();

  const { code, stdout } = await enroll(['--csv', csv(head, row(ids[0]), row(ids[1])), '--yes', '--json']);

  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { idInstance: ids[0], result: 'unchanged', stateInstance: 'authorized' },
    { idInstance: ids[1], result: 'created', stateInstance: 'authorized' },
  ]);
  expect(writes()).toHaveLength(1);
});

test('an update keeps the other fields and tags, and an empty value removes a tag', async () => {
  const [id] = ids;
  secrets.put({
    name: `green-api/${id}`,
    secretString: JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance: wrongToken, note: 'kept' }),
    tags: { owner: 'jane.roe@example.com', group: 'sales', cost: '42' },
  });

  const { code, stdout } = await enroll([id, '--owner', 'john.doe@example.com', '--group', ''], tokenOf(id));

  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/updated +linked \(authorized\)/) });
  expect(await read(id)).toEqual({
    value: { apiUrl: greenApi.apiUrl, apiTokenInstance: tokenOf(id), note: 'kept' },
    tags: { owner: 'john.doe@example.com', cost: '42' },
  });
});

test.each([
  ["o'brien@example.com 00u1", 'o_x0027_brien@example.com 00u1'],
  ['ann_example.com#EXT#@example.onmicrosoft.com', 'ann_example.com_x0023_EXT_x0023_@example.onmicrosoft.com'],
  ['anna.mu\u0308ller@example.com\u200b', 'anna.müller@example.com'],
])('the owner %s is stored as %s, and again it is unchanged', async (owner, tag) => {
  const [id] = ids;
  const args = [id, '--api-url', greenApi.apiUrl, '--owner', owner, '--group', 'R&D'];

  expect((await enroll(args, tokenOf(id))).stdout).toMatch(/1101000001 +created/);
  expect((await read(id)).tags).toEqual({ owner: tag, group: 'R_x0026_D' });
  expect((await enroll(args, tokenOf(id))).stdout).toMatch(/1101000001 +unchanged/);
});

test('a linked instance that gets another owner is named in a warning: the former owner may still be logged in', async () => {
  const [id] = ids;
  const stored = { name: `green-api/${id}`, secretString: '{}', tags: { owner: 'o_x0027_brien@example.com 00u1' } };
  const enrollAs = (owner: string, ...more: readonly string[]) =>
    enroll([id, '--api-url', greenApi.apiUrl, '--owner', owner, '--json', ...more], tokenOf(id));
  const warningOf = async (...args: Parameters<typeof enrollAs>) => {
    secrets.put(stored);
    const { code, stdout } = await enrollAs(...args);
    return { code, warning: JSON.parse(stdout).warning };
  };

  expect(await warningOf('ann@example.com')).toEqual({
    code: 0,
    warning: `o'brien@example.com 00u1 is no longer its owner, and its state is authorized: this person may still be logged in. Log it out: green-api-logout logout ${id}`,
  });
  expect(await warningOf('', '--no-verify')).toMatchObject({
    warning: expect.stringContaining('its state was not read'),
  });
  expect(await warningOf("00u1 O'BRIEN@example.com new@example.com")).toEqual({ code: 0, warning: undefined });
  greenApi.setState(id, 'notAuthorized');
  expect(await warningOf('ann@example.com')).toEqual({ code: 0, warning: undefined });
  greenApi.setState(id, 'authorized');
});

test('--tags-only reads no token and calls no GREEN-API', async () => {
  const [id] = ids;
  secrets.put({ name: `green-api/${id}`, secretString: '{}', tags: { protected: 'true' } });
  greenApi.clearCalls();

  const changed = await enroll([id, '--owner', 'john.doe@example.com', '--no-protected', '--tags-only']);
  const missing = await enroll([ids[1], '--owner', 'john.doe@example.com', '--tags-only']);

  expect(changed.code).toBe(0);
  expect((await read(id)).tags).toEqual({ owner: 'john.doe@example.com' });
  expect({ code: missing.code, stdout: missing.stdout }).toEqual({
    code: 1,
    stdout: expect.stringContaining('there is no secret green-api/1101000002: enroll it with its token'),
  });
  expect(secrets.calls.filter(({ operation }) => operation === 'GetSecretValue')).toHaveLength(1);
  expect(greenApi.calls).toEqual([]);
});

/** The tags of an instance after it was enrolled, and what was said about it. */
const enrollWith = async (args: readonly string[]) => {
  const [id] = ids;
  const { code, stdout } = await enroll([id, '--json', ...args], tokenOf(id));
  return { code, tags: (await read(id)).tags, warning: JSON.parse(stdout).warning };
};

test.each([
  ['getSettings of WhatsApp', {}, ['getSettings']],
  ['getWaSettings, if the settings do not name it', { withoutWid: true }, ['getSettings', 'getWaSettings']],
  ['getAccountSettings of Telegram', { typeInstance: 'telegram' }, ['getSettings', 'getAccountSettings']],
  ['getAccountSettings of MAX', { typeInstance: 'v3' }, ['getSettings', 'getAccountSettings']],
] as const)('the last six digits of the linked number are kept, by %s', async (_what, instance, methods) => {
  const [id] = ids;
  greenApi.add({ idInstance: id, apiTokenInstance: tokenOf(id), phone: '491701234567', ...instance });
  greenApi.clearCalls();

  const { code, tags } = await enrollWith(['--api-url', greenApi.apiUrl, '--name', " Ann O'Lee ", '--phone']);

  expect({ code, tags }).toEqual({ code: 0, tags: { name: 'Ann O_x0027_Lee', phone: '234567' } });
  expect(greenApi.calls.map(({ method }) => method)).toEqual(['getStateInstance', ...methods]);
  expect(JSON.stringify(secrets.calls)).not.toContain('1701234567');
});

test('a number is read with the stored token, removed when that is asked for, and off by default', async () => {
  const [id] = ids;
  greenApi.add({ idInstance: id, apiTokenInstance: tokenOf(id), phone: '491701234567' });
  const secretString = JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance: tokenOf(id) });
  secrets.put({ name: `green-api/${id}`, secretString, tags: { owner: 'ann@example.com' } });

  expect(await enrollWith(['--tags-only', '--phone'])).toMatchObject({
    tags: { owner: 'ann@example.com', phone: '234567' },
  });
  greenApi.setState(id, 'notAuthorized');
  expect(await enrollWith(['--tags-only', '--phone', '--owner', 'kim@example.com', '--name', 'Kim'])).toEqual({
    code: 0,
    tags: { owner: 'kim@example.com', name: 'Kim', phone: '234567' },
    warning: 'it has no number: no phone is linked, so the tag phone was not changed',
  });
  greenApi.setState(id, 'authorized');
  greenApi.setFault(id, 'http-500', { method: 'getSettings' });
  expect((await enrollWith(['--tags-only', '--phone', '--owner', 'jo@example.com'])).warning).toMatch(
    /^kim@example\.com is no longer its owner, .+; the tag name was not changed; its number was not read: unavailable/,
  );
  greenApi.setFault(id, undefined, { method: 'getSettings' });
  expect((await enrollWith(['--tags-only', '--no-phone', '--name', ''])).tags).toEqual({ owner: 'jo@example.com' });
  expect((await enrollWith([])).tags).toEqual({ owner: 'jo@example.com' });
  expect(await enroll([id, '--phone', '--no-verify'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--phone reads the number'),
  });
});

test('a file may have names and numbers, and --phone reads those that it lacks', async () => {
  for (const idInstance of ids)
    greenApi.add({ idInstance, apiTokenInstance: tokenOf(idInstance), phone: '491709876543' });
  const line = (id: string, more: string) => `${id},${greenApi.apiUrl},${tokenOf(id)},${more}`;
  const file = csv(
    'idInstance,apiUrl,apiTokenInstance,name,phone',
    line(ids[0], 'Ann Lee,+49 (170) 123-4567'),
    line(ids[1], ','),
  );

  const { code } = await enroll(['--csv', file, '--phone', '--yes']);

  expect([code, (await read(ids[0])).tags, (await read(ids[1])).tags]).toEqual([
    0,
    { name: 'Ann Lee', phone: '234567' },
    { phone: '876543' },
  ]);
});

test.each(['4.917E+11', '123', 'Ann Lee'])('a number that is none is refused without its value: %s', async (phone) => {
  const { code, stderr } = await enroll([
    '--csv',
    csv('idInstance,apiTokenInstance,phone', `1101000003,${tokenOf(ids[2])},${phone}`),
    '--yes',
  ]);

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('phone must be a number of at least 4 digits'),
  });
  expect(stderr).not.toContain(phone);
});

test.each([
  ['a host that is not allowed', '1101000001,https://green-api.example.com,TOKEN,,,', 'apiUrl is not an address'],
  ['no token', '1101000001,,,,,', 'apiTokenInstance is empty'],
  ['a token in the wrong column', 'TOKEN,,1101000001,,,', 'idInstance must be 1 to 20 digits'],
  ['an unclear protection', '1101000001,,TOKEN,,,yes', 'protected must be true, false or empty'],
  ['a cell too few', '1101000001,,TOKEN,,', 'there are 5 cells for 6 columns'],
  ['an open quotation mark', '1101000001,,"TOKEN,,,', 'a quotation mark is not closed'],
  ['the same instance twice', '1101000003,,TOKEN,,,', 'the same idInstance is in line 2'],
])('a file with %s: exit code 2, nothing is called, and no value is repeated', async (_name, line, problem) => {
  greenApi.clearCalls();
  const file = csv(head, row(ids[2]), line.replace('TOKEN', wrongToken));
  const { code, stdout, stderr } = await enroll(['--csv', file, '--yes']);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`fleet.csv, line 3: ${problem}`);
  expect(stderr).not.toMatch(/ffff|green-api\.example/);
  expect([...secrets.calls, ...greenApi.calls]).toEqual([]);
});

test.each([';', '\t'])(
  'a file whose cells are separated by %j is enrolled, as a spreadsheet saves it',
  async (separator) => {
    const lines = [head, row(ids[0], '"ann@example.com",sales,')].map((line) => line.replaceAll(',', separator));
    const { code, stdout } = await enroll(['--csv', csv(`\uFEFF${lines[0]}`, ...lines.slice(1)), '--yes']);

    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^1101000001 +created/m) });
    expect((await read(ids[0])).tags).toEqual({ owner: 'ann@example.com', group: 'sales' });
  },
);

test.each([
  ['a column nobody knows', ['idInstance,token', '1101000001,x']],
  ['no column of ids', ['owner', 'john.doe@example.com']],
  ['no instance', [head]],
])('a file with %s is refused', async (_name, lines) => {
  const { code, stderr } = await enroll(['--csv', csv(...lines), '--yes']);

  expect(code).toBe(2);
  expect(stderr).toContain('fleet.csv');
});

test('a file is not enrolled without an answer to the question', async () => {
  const { code } = await enroll(['--csv', csv(head, row(ids[0]))]);

  expect(code).toBe(2);
  expect(secrets.calls).toEqual([]);
});

test('what Secrets Manager refuses is named by the right that is missing', async () => {
  secrets.setFault('CreateSecret', 'access-denied');
  const { code, stdout, stderr } = await enroll([ids[0], '--no-verify'], tokenOf(ids[0]));

  expect(code).toBe(1);
  expect(stdout).toContain('Allow your AWS identity secretsmanager:CreateSecret');
  expect(stdout + stderr).not.toContain(tokenOf(ids[0]));
});

test('Ctrl-C completes what is under way, restores the terminal and says what was done', async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => String(1_101_001_000 + index));
  const file = csv(head, ...many.map((id) => row(id)));
  const args = ['enroll', '--allow-host', greenApi.host, '--csv', file, '--no-verify', '--yes'];
  const { code, stdout, stderr } = await runCli(args, {
    env: awsVariables({ secretsManager: secrets.url }),
    answers: [],
    interruptAt: ' created',
  });

  const created = stdout.match(/^\d+ +created$/gm)?.length ?? 0;
  expect(code).toBe(1);
  expect(created).toBe(secrets.calls.filter(({ operation }) => operation === 'CreateSecret').length);
  expect(created).toBeLessThan(many.length);
  expect(stderr).toMatch(/\[\?25h(?:.*\n)*Interrupted\. Repeat the command to go on\.\n$/);
});
