import { createListInstances } from '../../functions/instances/directory.ts';
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

/** A Secrets Manager that lists these secrets, whatever the filter. */
const clientOf = (...SecretList: readonly object[]) =>
  ({ send: async () => ({ SecretList }) }) as unknown as Parameters<typeof createListInstances>[0]['client'];

test('leaves a secret out that does not begin with the prefix, should Secrets Manager list it', async () => {
  const client = clientOf({ Name: 'GREEN-API/1' }, { Name: 'blue-api//2' });

  expect(await createListInstances({ client, secretPrefix: 'green-api/', otherPrefixes: [] })()).toMatchObject({
    instances: [],
  });
});

test('a protected tag without a value protects', async () => {
  const client = clientOf({ Name: 'green-api/1', Tags: [{ Key: 'protected' }] });

  expect(await createListInstances({ client, secretPrefix: 'green-api/', otherPrefixes: [] })()).toEqual({
    kind: 'page',
    instances: [{ idInstance: '1', protected: true }],
    unreadable: [],
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
])('of what is not understood, the filter %j lets through its own tags', async (query, names) => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put({ ...tagged(1, { owner: 'Ann@example.com 00u1', group: 'sales' }), name: 'green-api/old' });
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

test.each([
  [{ owner: '' }, 'owner must not be empty'],
  [{ group: 'x'.repeat(257) }, 'group must be at most 256 characters'],
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
