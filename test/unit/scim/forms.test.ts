import { userIdOf } from '../../../functions/scim/user-id.ts';
import { type Providers, startProviders } from '../../support/identity-providers.ts';
import { errorOf } from '../../support/scim-error.ts';

const john = userIdOf('john.doe@example.com');

describe('a request that deactivates nobody starts no run', () => {
  test.each([
    ['PATCH', '{"Operations":[{"op":"Replace","path":"active","value":"True"}]}'],
    ['PATCH', '{"Operations":[{"op":"Add","path":"displayName","value":"False"}]}'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"name.givenName":"False","title":null}}]}'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"emails[active eq \\"x\\"].value","value":"x@example.com"}]}'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"roles":[{"value":"x","active":false}]}}]}'],
    ['PATCH', '{"Operations":[{"op":"remove","path":"title"}]}'],
    [
      'PATCH',
      '{"Operations":[{"op":"replace","path":"active","value":false},{"op":"replace","path":"active","value":true}]}',
    ],
    ['PATCH', '{"Operations":[{"op":"replace","path":"emails[type eq \\"work\\"].value","value":"x@example.com"}]}'],
    [
      'PATCH',
      '{"Operations":[{"op":"replace","path":"emails[value eq \\"active@example.com\\"].type","value":"work"}]}',
    ],
    ['PUT', '{"userName":"john.doe@example.com","active":true}'],
    ['PUT', '{"userName":"john.doe@example.com"}'],
    ['PUT', '{"active":true}'],
    ['PUT', '{"active":true,"emails":[{"value":"a"},{"value":"\\"active\\":"}],"title":"{\\"active\\":1","title":"x"}'],
    ['PUT', '{"userName":"john.doe@example.com","roles":[{"active":false}],"externalId":null}'],
    ['PUT', `{"active":true,${'"a":{'.repeat(6)}"active":false${'}'.repeat(6)}}`],
    ['PATCH', JSON.stringify({ Operations: Array(1_000).fill({ op: 'add', value: { title: 'x' } }) })],
  ])('%s %.200s', async (method, body) => {
    const providers = startProviders();

    expect(await providers.scim(method, `/Users/${john}`, { body })).toMatchObject({
      status: 200,
      body: { active: true },
    });
    expect(providers.runs()).toEqual([]);
  });
});

describe('every spelling of a deactivation is accepted', () => {
  test.each([
    '{"operations":[{"OP":"REPLACE","Path":"Active","VALUE":"fAlSe"}]}',
    '{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:active","value":false}]}',
    '{"Operations":[{"op":"replace","path":"title","value":null},{"op":"replace","value":{"name.givenName":"x","Active":"False"}}]}',
    '{"Operations":[{"op":"replace","path":"active","value":true},{"op":"replace","path":"active","value":false}]}',
    '{"Operations":[{"op":"replace","path":"active","value":" false "}]}',
    '{"Operations":[{"op":"replace","value":{"urn:ietf:params:scim:schemas:core:2.0:User":{"active":false}}}]}',
    '{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"active":"False"}}]}',
    '{"Operations":[{"op":"replace","value":{"active":false,"Active":false}}]}',
    '{"Operations":[{"op":"replace","path":"active","value":false},{"op":"replace","path":"title","value":"x"}]}',
  ])('%s', async (body) => {
    const providers = startProviders();

    expect(await providers.scim('PATCH', `/Users/${john}`, { body })).toMatchObject({
      status: 200,
      body: { active: false },
    });
    expect(providers.runs()).toHaveLength(1);
  });
});

test('an attribute that only has "active" in its name does not keep a deactivation from its effect', async () => {
  const providers = startProviders();
  const value = { active: false, isActiveDirectoryUser: true, active_since: '2020-01-01' };

  const answer = await providers.scim('PATCH', `/Users/${john}`, {
    body: JSON.stringify({ Operations: [{ op: 'replace', value }] }),
  });

  expect(answer).toMatchObject({ status: 200, body: { active: false } });
  expect(providers.runs()).toHaveLength(1);
});

describe('an unreadable request that may be a deactivation is refused, starts no run, and raises the alarm', () => {
  test.each([
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":"no"}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":0}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":[false]}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":false},{"op":"delete"}]}', 'invalidSyntax'],
    ['PATCH', '{"Operations":[{"op":"remove","path":"active"}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","value":false}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":7,"value":false}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"/active","value":false}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"Active.value","value":false}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"remove","path":"/active"}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"title":"x","/active":false}}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"remove"}]}', 'noTarget'],
    ['PATCH', '{"Operations":{}}', 'invalidSyntax'],
    ['PATCH', '{"Operations":[]}', 'invalidSyntax'],
    ['PATCH', '[]', 'invalidSyntax'],
    ['PATCH', JSON.stringify({ Operations: Array(1_001).fill({ op: 'add', value: { title: 'x' } }) }), 'invalidSyntax'],
    ['PATCH', '{', 'invalidSyntax'],
    ['PATCH', undefined, 'invalidSyntax'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":null}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active"}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":""}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":{"active":false}}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"title":"x","active":null}}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"active":true,"Active":false}}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"active":null,"Active":false}}]}', 'invalidValue'],
    [
      'PATCH',
      '{"Operations":[{"op":"replace","value":{"active":true,"urn:ietf:params:scim:schemas:core:2.0:User":{"active":false}}}]}',
      'invalidValue',
    ],
    [
      'PATCH',
      '{"Operations":[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":null}]}',
      'invalidValue',
    ],
    ['PATCH', '{"Operations":[{"op":"remove","path":"urn:ietf:params:scim:schemas:core:2.0:User"}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"User.active","value":false}]}', 'invalidPath'],
    [
      'PATCH',
      '{"Operations":[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User.active","value":false}]}',
      'invalidPath',
    ],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active[value eq true]","value":false}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"[\\"active\\"]","value":false}]}', 'invalidPath'],
    [
      'PATCH',
      '{"Operations":[{"op":"replace","path":"emails[type eq \\"active].value","value":false}]}',
      'invalidPath',
    ],
    ['PATCH', '{"Operations":[{"op":"replace","path":"isActive","value":false}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"$.is_active","value":false}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"user":{"active":false}}}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"userName","value":7}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","Path":"title","value":false}]}', 'invalidValue'],
    ['PATCH', '{"active":false}', 'invalidSyntax'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"active":false,"active":true}}]}', 'invalidSyntax'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":false,"value":true}]}', 'invalidSyntax'],
    ['PUT', '{"userName":"john.doe@example.com","active":false,"\\u0061ctive" :true}', 'invalidSyntax'],
    ['PATCH', 'active=false', 'invalidSyntax'],
    ['PUT', '{"userName":"john doe"}', 'invalidValue'],
    ['PUT', '{"userName":"john\\u3164doe","active":true}', 'invalidValue'],
    ['PUT', '{"userName":"john.doe@example.com","active":null}', 'invalidValue'],
    ['PUT', '{"userName":"john.doe@example.com","active":"no"}', 'invalidValue'],
    ['PUT', '{"userName":"john.doe@example.com","active":0}', 'invalidValue'],
    ['PUT', '{"userName":"john.doe@example.com","active":true,"ACTIVE":"False"}', 'invalidValue'],
    ['PUT', '{"userName":"john.doe@example.com","User.active":false}', 'invalidPath'],
    ['PUT', '{"userName":"john.doe@example.com","profile":{"active":false}}', 'invalidPath'],
    ['PUT', `{"active":true,${'"a":{'.repeat(5)}"active":false${'}'.repeat(5)}}`, 'invalidPath'],
    ['PUT', '{"active":false,"name":{},"active":true}', 'invalidSyntax'],
    ['PUT', '{"active":false,"title":"{","active":true}', 'invalidSyntax'],
    ['PUT', '{"Operations":[{"op":"replace","path":"active","value":false}]}', 'invalidValue'],
    ['PUT', '{}', 'invalidValue'],
    ['PUT', undefined, 'invalidValue'],
    ['PUT', '[{"active":false}]', 'invalidSyntax'],
    ['PUT', '"active"', 'invalidSyntax'],
    ['POST', '{"userName":"new@example.com","active":"no"}', 'invalidValue'],
    ['POST', '{"userName":"new@example.com","active":[]}', 'invalidValue'],
    ['POST', '{"userName":"new@example.com","/active":false}', 'invalidPath'],
    ['POST', '{"active":false}', 'invalidValue'],
  ])('%s %s', async (method, body, scimType) => {
    const providers = startProviders();

    const path = method === 'POST' ? '/Users' : `/Users/${john}`;
    const answer = await providers.scim(method, path, body === undefined ? {} : { body });

    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(errorOf(400, scimType));
    expect(providers.runs()).toEqual([]);
    expect(providers.lines).toContainEqual(expect.objectContaining({ message: 'event not understood', unreadable: 1 }));
  });
});

test.each([
  ['PUT', '{" UserName ":"john.doe@example.com","USERNAME":"jane"}', 'UserName was sent twice, with different values'],
  [
    'PUT',
    '{"urn:ietf:params:scim:schemas:core:2.0:User:userName":"john","userName":"jane"}',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName was sent twice, with different values',
  ],
  ['PATCH', '{"OPERATIONS":[],"operations":[1]}', 'OPERATIONS was sent twice, with different values'],
  ['PUT', '{"userName":"jane","Active":false,"Active":true}', 'Active was sent twice in one object'],
  ['PUT', `{"${' '.repeat(10_000)}active":1,"${' '.repeat(10_000)}active":2}`, 'active was sent twice in one object'],
])('%s %.60s names what was sent twice, as it was sent', async (method, body, detail) => {
  const answer = await startProviders().scim(method, `/Users/${john}`, { body });

  expect(answer).toMatchObject({ status: 400, body: { detail } });
});

test.each(['add', 'replace', 'remove'])('a path that is empty or no string is refused for %s', async (op) => {
  const providers = startProviders();
  const detail = 'path must be a string that is not empty';
  for (const path of ['', ' ', 5]) {
    const body = JSON.stringify({ Operations: [{ op, path, value: 'x' }] });
    const answer = await providers.scim('PATCH', `/Users/${john}`, { body });

    expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidPath', detail } });
  }
});

test('a new user whose active has no value is not deactivated', async () => {
  const providers = startProviders();

  const answer = await providers.scim('POST', '/Users', { body: '{"userName":"new@example.com","active":null}' });

  expect(answer).toMatchObject({ status: 201, body: { active: true } });
  expect(providers.runs()).toEqual([]);
});

test('a user who is created inactive is logged out, whatever else is in the request', async () => {
  const providers = startProviders();
  const body = '{"userName":"new@example.com","active":false,"/active":true}';

  expect(await providers.scim('POST', '/Users', { body })).toMatchObject({ status: 201, body: { active: false } });
  expect(providers.runs()).toHaveLength(1);
});

test('a deactivation whose run would be invalid is refused, and raises the alarm', async () => {
  const providers = startProviders({ watchDays: 1_000_000 });

  const answer = await providers.scim('DELETE', `/Users/${john}`);

  expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
  expect(answer.body.detail).toMatch(/^watchDays /);
  expect(providers.runs()).toEqual([]);
  expect(providers.lines).toContainEqual(expect.objectContaining({ message: 'event not understood', unreadable: 1 }));
});

describe('a replacement that deactivates logs out, whatever else is in it: its id names the person', () => {
  test.each([
    ['{"userName":"john doe","active":false}', 'john.doe@example.com'],
    ['{"userName":null,"active":"FALSE"}', 'john.doe@example.com'],
    ['{"userName":7,"active":false,"externalId":7,"emails":"x"}', 'john.doe@example.com'],
    ['{"active":false,"/active":true,"profile":{"active":true}}', 'john.doe@example.com'],
    ['{"userName":"john\u3164doe","active":false,"externalId":"00u1"}', 'john.doe@example.com 00u1'],
    ['\ufeff{"userName":"JOHN.DOE@example.com","active":false}', 'john.doe@example.com'],
  ])('%s', async (body, owner) => {
    const providers = startProviders();

    expect(await providers.scim('PUT', `/Users/${john}`, { body })).toMatchObject({
      status: 200,
      body: { active: false },
    });
    expect(providers.runs()).toMatchObject([{ target: { owner } }]);
  });

  test('a change with an odd userName does so too', async () => {
    const providers = startProviders();
    const body = '{"Operations":[{"op":"replace","value":{"userName":7,"active":false}}]}';

    expect(await providers.scim('PATCH', `/Users/${john}`, { body })).toMatchObject({ status: 200 });
    expect(providers.runs()).toMatchObject([{ target: { owner: 'john.doe@example.com' } }]);
  });
});

describe('a changed userName of an owner is written down with both names, and counted', () => {
  const renamed = (providers: Providers) => providers.lines.filter(({ message }) => message === 'owner renamed');
  const owners = ['john.doe@example.com 00u1', 'john.doe@example.com jd@example.com', 'ann@example.com'];
  const patchTo = (userName: string) =>
    JSON.stringify({ Operations: [{ op: 'replace', path: 'userName', value: userName }] });

  test.each([
    ['PATCH', patchTo('j.smith@example.com'), 'j.smith@example.com'],
    ['PATCH', patchTo('john smith'), undefined],
    ['PATCH', patchTo('jd@example.com'), 'jd@example.com'],
    [
      'PATCH',
      '{"Operations":[{"op":"replace","path":"userName","value":"j.smith@example.com"},{"op":"add","path":"title","value":"x"}]}',
      'j.smith@example.com',
    ],
    ['PUT', '{"userName":"j.smith@example.com","active":true}', 'j.smith@example.com'],
  ])('%s %s', async (method, body, to) => {
    const providers = startProviders({ owners });

    const answer = await providers.scim(method, `/Users/${john}`, { body });

    expect(answer).toMatchObject({ status: 200, body: { id: john, userName: 'john.doe@example.com' } });
    expect(renamed(providers)).toMatchObject([
      { level: 'WARN', caller: 'entra', ownerRenamed: 1, from: 'john.doe@example.com', to },
    ]);
  });

  test.each([
    ['the same name in another case', owners, john, patchTo('JOHN.DOE@EXAMPLE.COM')],
    ['a person without an instance', owners, userIdOf('new@example.com'), patchTo('newer@example.com')],
    ['a tag that holds both', ['john.doe@example.com J.Smith@example.com'], john, patchTo('j.smith@example.com')],
    [
      'a name that is replaced by the deactivation',
      owners,
      john,
      '{"Operations":[{"op":"replace","value":{"active":false,"userName":"deleted@example.com"}}]}',
    ],
  ])('nothing is written down for %s', async (_, tags, id, body) => {
    const providers = startProviders({ owners: tags });

    expect(await providers.scim('PATCH', `/Users/${id}`, { body })).toMatchObject({ status: 200 });
    expect(renamed(providers)).toEqual([]);
  });

  test('while the owners cannot be read, the provider is told to send it again, unless the name stays the same', async () => {
    const readOwners = async () => ({ kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' }) as const;
    const providers = startProviders({ readOwners });
    const change = (userName: string) => providers.scim('PATCH', `/Users/${john}`, { body: patchTo(userName) });

    expect(await change('j.smith@example.com')).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(await change('John.Doe@example.com')).toMatchObject({ status: 200 });
  });
});

describe('of the e-mail addresses the primary one is used, or else the one at work, and no other', () => {
  const home = { value: 'home@example.com', type: 'home' };
  const work = { value: 'work@example.com', type: ' Work' };
  const prim = { value: 'prim@example.com', type: 'other', primary: 'True' };

  test.each([
    [[home, work, prim], 'x1 prim@example.com'],
    [[home, { ...prim, primary: true }], 'x1 prim@example.com'],
    [[home, { ...prim, primary: 'False' }, work], 'x1 work@example.com'],
    [[{ value: 'support@example.com', type: 'other' }], 'x1'],
    [[home], 'x1'],
    [[{ value: 'plain@example.com' }], 'x1'],
    [[{ ...work, type: 7 }], 'x1'],
    [work, 'x1 work@example.com'],
    [[null, 'a@example.com', { ...work, value: 'two words' }], 'x1'],
  ])('%j: %s', async (emails, owner) => {
    const providers = startProviders();

    await providers.scim('POST', '/Users', { body: JSON.stringify({ userName: 'x1', active: false, emails }) });

    expect(providers.runs()).toMatchObject([{ target: { owner } }]);
  });
});
