import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import { createListInstances, isProtected } from '../../functions/instances/directory.ts';
import { matchOf, parseSearch, prepare, queryPattern } from '../../functions/instances/search.ts';
import { createInstancesHandler } from '../../functions/instances.ts';
import { contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';
import { idInstance, markerToken, startLogoutSetup } from '../support/logout-setup.ts';

const tagged = (id: number, tags: Record<string, string>) => ({
  name: `green-api/${id}`,
  secretString: JSON.stringify({ apiTokenInstance: markerToken }),
  tags,
});

test('lists the tags, and never a token', async () => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put(
    tagged(7103000001, { owner: 'ann@example.com 00u1', group: 'sales', protected: 'True', x: 'y' }),
  );

  const answer = await setup.list();

  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  expect(answer.body).toEqual({
    instances: [
      { idInstance, protected: false },
      { idInstance: '7103000001', owner: 'ann@example.com 00u1', group: 'sales', protected: true },
    ],
  });
  expect(JSON.stringify(answer) + setup.lines.join('')).not.toContain(markerToken);
});

test.each([
  ['ann@example.com', ['1']],
  ['ANN@Example.com', ['1']],
  ['00uAnn', ['1']],
  ['00uann', []],
  ['ann@example', []],
  ['joann@example.com', ['2']],
  ['nobody@example.com 00uAnn', ['1']],
])('the owner %s has the instances %j: whole identities, e-mails in any case, ids exactly', async (owner, ids) => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put(tagged(1, { owner: 'Ann@example.com  00uAnn' }));
  setup.secretsManager.put(tagged(2, { owner: 'joann@example.com' }));

  const { body } = await setup.list({ owner });

  expect(body.instances).toMatchObject(ids.map((id) => ({ idInstance: id })));
});

test.each([
  [{ owner: "o'brien@example.com" }, ['1']],
  [{ owner: "O'BRIEN@EXAMPLE.COM" }, ['1']],
  [{ owner: 'o_x0027_brien@example.com' }, []],
  [{ owner: 'anna.mu\u0308ller@example.com' }, ['2']],
  [{ owner: 'ANNA.MÜLLER@example.com' }, ['2']],
  [{ group: 'R&D' }, ['1']],
  [{ group: 'r&d' }, []],
  [{ group: 'Ko\u0308ln' }, ['2']],
])('%j has the instances %j: tags are unescaped, and names composed', async (query, ids) => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put(tagged(1, { owner: 'o_x0027_brien@example.com', group: 'R_x0026_D' }));
  setup.secretsManager.put(tagged(2, { owner: 'anna.müller@example.com', group: 'Köln' }));

  const { body } = await setup.list(query);

  expect(body.instances).toMatchObject(ids.map((id) => ({ idInstance: id })));
  expect(JSON.stringify(body)).not.toContain('_x00');
});

test('does not treat the Kelvin sign as a k', async () => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put(tagged(1, { owner: 'mike@example.com' }));

  expect((await setup.list({ owner: 'mi\u212Ae@example.com' })).body.instances).toEqual([]);
  expect((await setup.list({ owner: 'MIKE@example.com' })).body.instances).toMatchObject([{ idInstance: '1' }]);
});

test.each([
  [{ protected: 'true' }, true],
  [{ protected: 'yes' }, true],
  [{ Protected: ' TRUE ' }, true],
  [{ protected: 'false' }, false],
  [{ protected: '' }, true],
  [{}, false],
])('the tags %j: protected is %j', async (tags, isProtected) => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put(tagged(1, tags));

  expect((await setup.list()).body.instances).toMatchObject([
    { idInstance },
    { idInstance: '1', protected: isProtected },
  ]);
});

test.each([
  ['false', false],
  [' FALSE ', false],
  ['nofalse', true],
  ['not false', true],
  ['false?', true],
  ['false alarm', true],
])('the tag protected = "%s": protected is %j', (Value, expected) => {
  expect(isProtected([{ Key: 'protected', Value }])).toBe(expected);
});

/** A Secrets Manager that lists these secrets, whatever the filter. */
const clientOf = (...SecretList: readonly object[]) =>
  ({ send: async () => ({ SecretList }) }) as unknown as Parameters<typeof createListInstances>[0]['client'];

test('leaves a secret out that does not begin with the prefix, should Secrets Manager list it', async () => {
  const client = clientOf({ Name: 'GREEN-API/1' }, { Name: 'blue-api//2' });

  expect(await createListInstances({ client, secretPrefix: 'green-api/', otherPrefixes: [] })()).toMatchObject({
    instances: [],
  });
});

test.each([
  ['true', 0],
  [' TRUE ', 0],
  ['untrue', 1],
  ['not true', 1],
  ['true?', 1],
  ['true for sales', 1],
])('a secret that is tagged ignore = "%s" is listed %i times', async (Value, times) => {
  const client = clientOf({ Name: 'green-api/1', Tags: [{ Key: 'ignore', Value }] });

  const page = await createListInstances({ client, secretPrefix: 'green-api/', otherPrefixes: [] })();

  expect(page).toMatchObject({ instances: Array(times).fill({ idInstance: '1' }) });
});

test('asks Secrets Manager for the names with the prefix, 100 at a time', async () => {
  const send = jest.fn(async (_: { readonly input: object }) => ({}));
  const client = { send } as never;

  const page = await createListInstances({ client, secretPrefix: 'green-api/', otherPrefixes: [] })('token');

  expect(send.mock.calls[0]?.[0].input).toEqual({
    Filters: [{ Key: 'name', Values: ['green-api/'] }],
    MaxResults: 100,
    NextToken: 'token',
  });
  expect(page).toEqual({ kind: 'page', instances: [], unreadable: [] });
});

test('a protected tag without a value protects', async () => {
  const client = clientOf({ Name: 'green-api/1', Tags: [{ Key: 'protected' }] });

  expect(await createListInstances({ client, secretPrefix: 'green-api/', otherPrefixes: [] })()).toEqual({
    kind: 'page',
    instances: [{ idInstance: '1', protected: true }],
    unreadable: [],
  });
});

const people = {
  1101000003: { owner: 'john.doe@example.com 00u3m90rxKjGQ0G6L1d6', name: 'John Doe', phone: '234567' },
  1101000009: { owner: 'kim@example.com', name: 'Kim Müller', phone: '+49 170 9 119944' },
  410012345678: { owner: 'o_x0027_brien@example.com' },
};

test.each([
  ['4567', ['1101000003', '410012345678']],
  ['234567', ['1101000003', '410012345678']],
  ['34-56-7', ['1101000003', '410012345678']],
  ['+49 (0) 170 …4567', ['1101000003', '410012345678']],
  ['+49 170 12-34-567', ['1101000003']],
  ['0170.1.23.45.67', ['1101000003']],
  ['***4567 ', ['1101000003', '410012345678']],
  ['xxx 119 944', ['1101000009']],
  ['\uff11\uff11\uff19\uff19\uff14\uff14', ['1101000009']],
  ['tel:+49-170-9119944', ['1101000009']],
  ['1101000009', ['1101000009']],
  ['JOHN', ['1101000003']],
  ['doe john', ['1101000003']],
  ['00u3m', ['1101000003']],
  ['muller', ['1101000009']],
  ["O'Brien", ['410012345678']],
  ['example.com', ['1101000003', '1101000009', '410012345678']],
  ['johnny', []],
  ['45670', []],
  ['max 4567', []],
])('the query %s finds %j', async (query, ids) => {
  await using setup = await startLogoutSetup();
  for (const [id, tags] of Object.entries(people)) setup.secretsManager.put(tagged(Number(id), tags));

  const { body } = await setup.list({ query });

  expect((body.instances as { idInstance: string }[]).map((instance) => instance.idInstance)).toEqual(ids);
});

test.each([
  ['xxx4567', '4567'],
  ['4567xxx', undefined],
  ['tel:456', '456'],
  ['45', undefined],
  ['hotel:4567', undefined],
  ['12 tel:4567', undefined],
  [' ', undefined],
])('the digits of the query %j are %j', (text, digits) => {
  expect(parseSearch(text).digits).toBe(digits);
});

test.each([
  ['567', '1234567', ['phone']],
  ['56', '1234567', []],
  ['1234567', '567', ['phone']],
  ['234567', ' ', []],
  ['234567', 'none', []],
])('the phone number …%s is found by %j through %j', (phone, text, found) => {
  expect(matchOf(prepare({ phone, secretName: 'undefined' }), parseSearch(text))).toEqual(found);
});

test('a query has the words that spaces separate', () => {
  expect(parseSearch('  \t ')).toStrictEqual({ words: [] });
  expect(parseSearch(' John  Doe ')).toStrictEqual({ words: ['john', 'doe'] });
});

test.each([
  ['a b', true],
  ['a  b', true],
  [' abc ', true],
  [' ab ', false],
])('the query %j is long enough: %j', (text, isLong) => {
  expect(queryPattern.test(text)).toBe(isLong);
});

test('lists a name, and of a phone number at most the last six digits', async () => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put(tagged(1101000009, people[1101000009]));

  const { body } = await setup.list({ query: 'kim', owner: 'KIM@example.com' });

  expect(body).toEqual({
    instances: [
      { idInstance: '1101000009', owner: 'kim@example.com', name: 'Kim Müller', phone: '119944', protected: false },
    ],
  });
});

test('what a run or a report lists has no name and no number', async () => {
  const Tags = [
    { Key: 'owner', Value: 'kim@example.com' },
    { Key: 'name', Value: 'Kim Lee' },
    { Key: 'phone', Value: '119944' },
  ];
  const client = clientOf({ Name: 'green-api/1', Tags }, { Name: 'green-api/old', Tags });

  expect(await createListInstances({ client, secretPrefix: 'green-api/', otherPrefixes: [] })()).toEqual({
    kind: 'page',
    instances: [{ idInstance: '1', owner: 'kim@example.com', protected: false }],
    unreadable: [{ secretName: 'green-api/old', owner: 'kim@example.com' }],
  });
});

test('filters by group exactly', async () => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put(tagged(1, { group: 'sales' }));
  setup.secretsManager.put(tagged(2, { group: 'sales-emea' }));

  expect((await setup.list({ group: 'sales' })).body.instances).toMatchObject([{ idInstance: '1' }]);
});

const notUnderstood = ['410012345678-old', 'sales/1101000001', '123456789012345678901', 'letters', '1 2', ''].map(
  (rest) => `green-api/${rest}`,
);

test('names and counts what lies under the prefix and is no instance', async () => {
  await using setup = await startLogoutSetup();
  for (const name of notUnderstood) setup.secretsManager.put({ ...tagged(1, {}), name });
  setup.secretsManager.put({ ...tagged(1, {}), name: 'green-api-else/410012345678-old' });

  const { body } = await setup.list();

  expect(body).toEqual({
    instances: [{ idInstance, protected: false }],
    unreadable: { names: notUnderstood.toSorted(), count: notUnderstood.length },
  });
});

test('names at most 20 secrets that are not understood, and counts all', async () => {
  await using setup = await startLogoutSetup();
  for (let each = 100; each < 125; each += 1)
    setup.secretsManager.put({ ...tagged(1, {}), name: `green-api/x${each}` });

  const { unreadable } = (await setup.list()).body as { unreadable: { names: readonly string[]; count: number } };

  expect([unreadable.names.length, unreadable.names[19], unreadable.count]).toEqual([20, 'green-api/x119', 25]);
});

test.each([
  [{ owner: 'ann@example.com' }, ['green-api/old']],
  [{ group: 'support' }, ['green-api/older']],
  [{ owner: 'carl@example.com' }, undefined],
  [{ query: 'ann lee' }, ['green-api/old']],
  [{ query: '4567' }, ['green-api/old']],
])('of what is not understood, the filter %j lets through its own tags', async (query, names) => {
  await using setup = await startLogoutSetup();
  const ann = { owner: 'Ann@example.com 00u1', group: 'sales', name: 'Ann Lee', phone: '234567' };
  setup.secretsManager.put({ ...tagged(1, ann), name: 'green-api/old' });
  setup.secretsManager.put({ ...tagged(1, { group: 'support' }), name: 'green-api/older' });

  const { body } = await setup.list(query);

  expect(body.unreadable).toEqual(names && { names, count: 1 });
});

test('does not look at what is tagged ignore, nor at the secrets of another deployment', async () => {
  await using setup = await startLogoutSetup({ variables: { OTHER_PREFIXES: 'green-api/sales/' } });
  setup.secretsManager.put({ ...tagged(1, { ignore: 'true' }), name: 'green-api/notes' });
  setup.secretsManager.put({ ...tagged(1, {}), name: 'green-api/sales/1101000001' });
  setup.secretsManager.put({ ...tagged(1, {}), name: 'green-api/sales/old' });
  setup.secretsManager.put({ ...tagged(1, { ignore: 'false' }), name: 'green-api/seen' });

  const { body } = await setup.list();

  expect(body).toEqual({
    instances: [{ idInstance, protected: false }],
    unreadable: { names: ['green-api/seen'], count: 1 },
  });
});

test('continues where the previous page ended, without a gap', async () => {
  await using setup = await startLogoutSetup();
  for (let id = 2_000; id < 2_250; id += 1) setup.secretsManager.put(tagged(id, { group: 'many' }));

  const found: unknown[] = [];
  let query: Record<string, string> = { group: 'many' };
  for (let answers = 0; answers < 5; answers += 1) {
    const { body } = await setup.list(query);
    found.push(...(body.instances as unknown[]));
    if (body.next === undefined) break;
    query = { group: 'many', next: String(body.next) };
  }

  expect(new Set(found.map((instance) => (instance as { idInstance: string }).idInstance)).size).toBe(250);
});

/** The function over pages with so many instances, each of which takes so long to read. */
const createPages = (sizes: readonly number[], pageMs = 0) => {
  let nowMs = 0;
  const asked: (string | undefined)[] = [];
  const handler = createInstancesHandler({
    listInstances: async (next) => {
      asked.push(next);
      nowMs += pageMs;
      const at = Number(next ?? 0);
      const instances = Array.from({ length: sizes[at] ?? 0 }, (_, index) => ({
        idInstance: String(1_000 * at + index) as InstanceId,
        protected: false,
      }));
      return { kind: 'page', instances, unreadable: [], ...(at + 1 < sizes.length && { next: String(at + 1) }) };
    },
    nowMs: () => nowMs,
    log: () => {},
  });
  const list = async (query: Record<string, string> = {}) =>
    parseAnswer(await handler(httpEventOf({ queryStringParameters: query }), contextOf()));
  return { asked, list };
};

const countIn = (body: { readonly instances?: unknown }) => (body.instances as readonly unknown[]).length;

describe('an answer of several pages', () => {
  test('goes on over empty pages to the last, after which there is no next', async () => {
    const { asked, list } = createPages([0, 0, 1]);

    const { body } = await list();

    expect(asked).toEqual([undefined, '1', '2']);
    expect(body).toEqual({ instances: [{ idInstance: '2000', protected: false }] });
  });

  test.each([
    ['is full at 100 instances', [99, 1, 1], 100, '2'],
    ['goes on below 100', [99, 0, 1], 100, undefined],
    ['is full after one page of 100', [100, 1], 100, '1'],
    ['has the whole page that fills it', [99, 5, 1], 104, '2'],
  ])('%s', async (_, sizes, count, next) => {
    const { body } = await createPages(sizes).list();

    expect([countIn(body), body.next]).toEqual([count, next]);
  });

  test.each([
    ['5 s', 5_000, 3],
    ['4.999 s', 4_999, 4],
  ])('reads no further page after 15 seconds, and says where to go on: %s a page', async (_, pageMs, pages) => {
    const { asked, list } = createPages(Array(10).fill(1), pageMs);

    const { body } = await list();

    expect([asked.length, countIn(body), body.next]).toEqual([pages, pages, String(pages)]);
  });

  test('is made by the function as it is deployed', async () => {
    await using setup = await startLogoutSetup();
    for (let id = 2_000; id < 2_150; id += 1) setup.secretsManager.put(tagged(id, { group: id < 2_149 ? 'a' : 'b' }));

    expect((await setup.list({ group: 'b' })).body).toEqual({
      instances: [{ idInstance: '2149', group: 'b', protected: false }],
    });
  });
});

test('a filter has up to 256 characters, of which some take two units', async () => {
  const { list } = createPages([0]);

  expect((await list({ owner: '\u{1F4F1}'.repeat(256) })).status).toBe(200);
  expect((await list({ owner: '\u{1F4F1}'.repeat(257) })).status).toBe(400);
});

test.each([
  [{ owner: '' }, 'owner must not be empty'],
  [{ group: 'x'.repeat(257) }, 'group must be at most 256 characters'],
  [{ query: 'ab' }, 'query must be at least 3 characters'],
  [{ query: ' ab ' }, 'query must be at least 3 characters'],
  [{ next: 'nonsense' }, 'next must be the next of an earlier answer'],
  [{ user: 'ann' }, 'user is not a field of this request'],
])('refuses the query %j', async (query, detail) => {
  await using setup = await startLogoutSetup();

  expect(await setup.list(query)).toMatchObject({ status: 400, body: { code: 'invalid-request', detail } });
});

test('reports that the permission to list is missing, and when to retry', async () => {
  await using setup = await startLogoutSetup();

  setup.secretsManager.setFault('ListSecrets', 'access-denied', { times: 1 });
  expect(await setup.list()).toMatchObject({ status: 500, body: { code: 'list-denied' } });

  setup.secretsManager.setFault('ListSecrets', 'internal-error');
  expect(await setup.list()).toMatchObject({
    status: 503,
    headers: { 'retry-after': '5' },
    body: { code: 'unavailable' },
  });
});
