import fc from 'fast-check';
import { canonicalIdentity, identityPattern } from '../../../functions/instances/identity.ts';
import { parseFilter } from '../../../functions/scim/filter.ts';
import { parsePatch } from '../../../functions/scim/patch.ts';
import { ScimError, schemaUrns } from '../../../functions/scim/response.ts';
import { parseUserId, userIdOf } from '../../../functions/scim/user-id.ts';
import { anyText } from '../../support/any-text.ts';
import { startProviders } from '../../support/identity-providers.ts';

const owner = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => identityPattern.test(text));

/** The result of a parser for any input: a value or a ScimError. */
const parsed = <T>(parse: () => T): T | ScimError => {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
};

/** The words of filters, paths and operations, in any order. */
const fragments = fc
  .array(
    fc.constantFrom(
      ...['userName', 'emails[type eq "work"].value', ' eq ', ' and ', '"a"', '"', '\\', '(', ')', '[', ']', ' ', '\t'],
      ...['\u0000', '.', ':', 'urn:ietf:params:scim:schemas:core:2.0:User:', 'true', 'not', '%', "'", '\u2028', '💥'],
    ),
    { maxLength: 60 },
  )
  .map((words) => words.join(''));

test('any text is either a filter or an invalidFilter', () => {
  fc.assert(
    fc.property(fc.oneof(fragments, anyText({ maxLength: 200 })), (text) => {
      const filter = parsed(() => parseFilter(text));
      if (filter instanceof ScimError) expect(filter).toMatchObject({ status: 400, scimType: 'invalidFilter' });
      else expect(filter.length).toBeGreaterThan(0);
    }),
  );
});

test('a filter for any value reads that value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      expect(parseFilter(`userName eq ${JSON.stringify(value)} and id eq "x"`)).toEqual([
        { attribute: 'username', value },
        { attribute: 'id', value: 'x' },
      ]);
    }),
  );
});

// A parser that backtracks would exceed the time limit of the test.
test.each(['"', ' ', 'a', 'userName eq ', '\\"', '[type eq "', 'and '])(
  'a long filter of %j is parsed in linear time',
  (part) => {
    expect(parsed(() => parseFilter(part.repeat(4_096 / part.length)))).toMatchObject({ scimType: 'invalidFilter' });
  },
);

test.each(['[', '["', '[a"', 'active[', 'is_'])('a body of long paths of %j is refused at once', (part) => {
  const path = part.repeat(Math.ceil(1_000 / part.length));
  const operations = Array.from({ length: 200 }, () => ({ op: 'replace', path, value: 1 }));

  for (const each of [operations, [{ ...operations[0], path: part.repeat(100_000) }]])
    expect([400, undefined]).toContain((parsed(() => parsePatch({ Operations: each })) as { status?: number }).status);
});

test('any JSON is either a change or a ScimError, and only false is a deactivation', () => {
  const value = fc.oneof(fc.constantFrom<unknown>('False', 'false', false, 'True', true, null, 0, ''), fc.jsonValue());
  const operation = fc.record(
    {
      op: fc.oneof(fc.constantFrom('Replace', 'add', 'remove', 'ADD'), fc.jsonValue()),
      path: fc.oneof(fc.constantFrom('active', 'ACTIVE', '__proto__', 'constructor', 'userName'), fragments),
      value: fc.oneof(value, fc.record({ active: value }), fc.record({ __proto__: value, Active: value })),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(fc.jsonValue(), fc.record({ Operations: fc.array(fc.oneof(operation, fc.jsonValue())) }));
  fc.assert(
    fc.property(body, (anything) => {
      const change = parsed(() => parsePatch(anything));
      if (change instanceof ScimError) expect(change.status).toBe(400);
      else if (change.active === false) expect(JSON.stringify(anything)).toMatch(/false/i);
    }),
    { numRuns: 500 },
  );
});

test('the id of any owner identifies that owner, in any case of an address', () => {
  fc.assert(
    fc.property(owner, (name) => {
      const userName = parseUserId(userIdOf(name));
      expect(userName === undefined ? undefined : userIdOf(userName)).toBe(userIdOf(name));
      expect(userName).toBe(userName && canonicalIdentity(name));
    }),
  );
});

test('any text that is not an issued id is refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String().map((text) => `u1.${text}`),
      ),
      (text) => {
        const userName = parseUserId(text);
        if (userName !== undefined) expect(`u1.${Buffer.from(userName).toString('base64url')}`).toBe(text);
      },
    ),
  );
});

test('any owner that an instance is tagged with is found, read and deactivated', async () => {
  await fc.assert(
    fc.asyncProperty(owner, async (name) => {
      const providers = startProviders({ owners: [name] });
      const query = `filter=${encodeURIComponent(`userName eq ${JSON.stringify(name)}`)}`;
      const { body } = await providers.scim('GET', '/Users', { query });
      const [user] = body.Resources as readonly { readonly id: string; readonly userName: string }[];

      expect(user?.userName).toBe(name);
      const answer = await providers.scim('DELETE', `/Users/${encodeURIComponent(user?.id ?? '')}`);
      expect(answer.status).toBe(204);
      expect(providers.runs()).toHaveLength(1);
      // The name of the run shows that its target owns an instance, so that it counts.
      expect(providers.runNames()[0]).toMatch(/^event-entra-/);
    }),
  );
});

test('any request gets a SCIM answer, and none starts more than one run', async () => {
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
    path: fc.constantFrom(
      '/Users',
      `/Users/${userIdOf('ann@example.com')}`,
      '/Users/x',
      '/Groups',
      '/Schemas/x',
      '/Bulk',
    ),
    query: fc.oneof(
      fc.string(),
      fragments.map((text) => `filter=${encodeURIComponent(text)}&count=1`),
    ),
    body: fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => Buffer.from(json).toString('base64')),
    ),
    isBase64Encoded: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, ...rest }) => {
      const providers = startProviders();
      const { status, text, headers, body } = await providers.scim(method, path, rest);

      expect([200, 201, 204, 400, 404, 409, 501]).toContain(status);
      if (text !== '') expect(headers['content-type']).toBe('application/scim+json');
      if (status >= 400) expect(body).toMatchObject({ schemas: [schemaUrns.error], status: String(status) });
      expect(providers.runs().length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['a megabyte of text', `{"userName":"${'x'.repeat(1_048_576)}"}`],
  [
    'a megabyte of operations',
    `{"Operations":[${'{"op":"add","path":"x","value":1},'.repeat(30_000)}{"op":"remove","path":"x"}]}`,
  ],
  ['a thousand lists in each other', `{"Operations":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
])('%s is refused and starts nothing', async (_, body) => {
  const providers = startProviders();

  const answer = await providers.scim('PATCH', `/Users/${userIdOf('ann@example.com')}`, { body });

  expect(answer).toMatchObject({ status: 400, body: { schemas: [schemaUrns.error], scimType: 'invalidSyntax' } });
  expect(providers.runs()).toEqual([]);
});
